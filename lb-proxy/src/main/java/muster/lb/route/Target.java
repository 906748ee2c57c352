package muster.lb.route;

import java.util.List;

/**
 * One address a route leads to.
 *
 * @param fixedWeight as the command asked, 0 for none
 * @param weight the share of the route's requests, 0 to 1
 * @param options what they mean; {@code command().options()} has them as text
 */
public record Target(RouteCommand.Add command, TargetUrl url, double fixedWeight, double weight, TargetOptions options) {
    /** The service the target belongs to. */
    public String service() {
        return command.service();
    }

    /** The tags that are not routes. */
    public List<String> tags() {
        return command.tags();
    }

    Target withWeight(double share) {
        return new Target(command, url, fixedWeight, share, options);
    }

    Target withFixedWeight(double fixed) {
        return new Target(command, url, fixed, weight, options);
    }

    /** Two commands that make one target. */
    boolean isSameAs(Target that) {
        return service().equals(that.service())
                && url.text().equals(that.url.text())
                && fixedWeight == that.fixedWeight
                && tags().equals(that.tags());
    }
}

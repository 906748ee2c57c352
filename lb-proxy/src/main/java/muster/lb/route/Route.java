package muster.lb.route;

import java.util.List;
import java.util.function.Predicate;

/**
 * A host and path, and the targets behind it.
 *
 * @param source {@code HOST/PATH} as in the commands; names the route
 * @param host lower case, a pattern perhaps; {@code :PORT} for TCP; "" for all hosts
 * @param path "" for TCP
 * @param targets at least one; weights are shares
 * @param matches whether a request's decoded path is meant
 */
public record Route(String source, String host, String path, List<Target> targets, Predicate<String> matches) {
    public Route {
        targets = List.copyOf(targets);
    }
}

package muster.lb.route;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Makes one route out of the commands that concern it, in their order. A command that can't be carried out is reported and changes nothing. */
final class RouteMaker {
    private final PathMatcher matcher;
    private final boolean hostGlobs;

    /** A route, unless no target is left, and what was wrong on the way. */
    record Made(Optional<Route> route, List<Problem> problems) {}

    RouteMaker(PathMatcher matcher, boolean hostGlobs) {
        this.matcher = matcher;
        this.hostGlobs = hostGlobs;
    }

    /** A source in the form that names its route: host in lower case, a path at least. */
    static String normal(String source) {
        String[] parts = hostAndPath(source);
        return parts[0].toLowerCase(Locale.ROOT) + parts[1];
    }

    /** A source cut into host and path. */
    static String[] hostAndPath(String source) {
        if (source.startsWith(":")) {
            return new String[] {source, ""};
        }
        int slash = source.indexOf('/');
        return slash < 0
                ? new String[] {source, "/"}
                : new String[] {source.substring(0, slash), source.substring(slash)};
    }

    Made make(String source, Collection<? extends RouteCommand> commands) {
        List<Target> targets = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (RouteCommand command : commands) {
            try {
                switch (command) {
                    case RouteCommand.Add add -> add(add, targets, problems);
                    case RouteCommand.Delete delete -> targets.removeIf(target -> isMeant(delete, target));
                    case RouteCommand.Weigh weigh -> weigh(weigh, targets);
                }
            } catch (IllegalArgumentException e) {
                problems.add(new Problem(command.text(), e.getMessage()));
            }
        }
        String[] parts = hostAndPath(source);
        try {
            if (hostGlobs && Glob.isPattern(parts[0])) {
                Glob.compile(parts[0]);
            }
            return targets.isEmpty()
                    ? new Made(Optional.empty(), List.copyOf(problems))
                    : new Made(Optional.of(new Route(source, parts[0], parts[1], Weights.shares(targets), matcher.test(parts[1]))),
                            List.copyOf(problems));
        } catch (IllegalArgumentException e) {
            problems.add(new Problem("route " + source, e.getMessage()));
            return new Made(Optional.empty(), List.copyOf(problems));
        }
    }

    private static void add(RouteCommand.Add add, List<Target> targets, List<Problem> problems) {
        TargetOptions options = TargetOptions.of(add.options());
        if (options.access().isEmpty() && (add.options().containsKey("allow") || add.options().containsKey("deny"))) {
            problems.add(new Problem(add.text(), "its access rules are not applied: either allow or deny, each a list of"
                    + " ip:ADDRESS or ip:ADDRESS/BITS"));
        }
        options.problems().forEach(problem -> problems.add(new Problem(add.text(), problem)));
        Target target = new Target(add, TargetUrl.parse(add.target()), Math.max(0, add.weight()), 0, options);
        if (targets.stream().noneMatch(target::isSameAs)) {
            targets.add(target);
        }
    }

    private static boolean isMeant(RouteCommand.Delete delete, Target target) {
        return (delete.service().isEmpty() || target.service().equals(delete.service()))
                && (delete.target().isEmpty() || target.url().text().equals(delete.target()))
                && target.tags().containsAll(delete.tags());
    }

    private static void weigh(RouteCommand.Weigh weigh, List<Target> targets) {
        List<Target> meant = targets.stream()
                .filter(target -> (weigh.service().isEmpty() || target.service().equals(weigh.service()))
                        && target.tags().containsAll(weigh.tags()))
                .toList();
        if (meant.isEmpty()) {
            throw new IllegalArgumentException("matches no target, so it was passed over");
        }
        double share = Math.max(0, weigh.weight()) / meant.size();
        targets.replaceAll(target -> meant.contains(target) ? target.withFixedWeight(share) : target);
    }
}

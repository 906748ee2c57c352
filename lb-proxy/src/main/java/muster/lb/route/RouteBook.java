package muster.lb.route;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps a table in step with its inputs at a cost that follows the size of the change: what each service asks for, and an operator's
 * commands, which are carried out after. Within a route the services' targets come in descending order of their commands' texts (Fabio: "the
 * routes are sorted"). Mutable; owned by one thread. Pure.
 */
public final class RouteBook {
    private final RouteMaker maker;
    private final Map<String, List<RouteCommand.Add>> byService = new HashMap<>();
    /** By route, then by text; equal texts count. */
    private final Map<String, TreeMap<String, Counted>> bySource = new HashMap<>();
    private final SortedMap<String, List<Problem>> problems = new TreeMap<>();
    private List<RouteCommand> manual = List.of();
    private RouteTable table;

    private record Counted(RouteCommand.Add command, int count) {}

    /**
     * A change carried out.
     *
     * @param changed the routes that are new, gone or different, by their sources
     */
    public record Update(RouteTable table, Set<String> changed) {}

    public RouteBook(PathMatcher matcher, boolean hostGlobs) {
        this.maker = new RouteMaker(matcher, hostGlobs);
        this.table = RouteTable.empty(matcher, hostGlobs);
    }

    public RouteTable table() {
        return table;
    }

    /** What could not be carried out, in the order of the routes. */
    public List<Problem> problems() {
        return problems.values().stream().flatMap(List::stream).toList();
    }

    /** Takes what services ask for in place of what they asked for before; an empty list takes a service out. */
    public Update services(Map<String, List<RouteCommand.Add>> services) {
        Set<String> touched = new LinkedHashSet<>();
        services.forEach((service, commands) -> {
            List<RouteCommand.Add> before = commands.isEmpty() ? byService.remove(service) : byService.put(service, List.copyOf(commands));
            if (before == null || !before.equals(commands)) {
                List<RouteCommand.Add> old = before == null ? List.of() : before;
                old.forEach(command -> count(command, -1, touched));
                commands.forEach(command -> count(command, 1, touched));
            }
        });
        return make(touched);
    }

    /** Takes an operator's commands in place of those before. */
    public Update manual(List<RouteCommand> commands) {
        int first = 0;
        int shorter = Math.min(manual.size(), commands.size());
        while (first < shorter && manual.get(first).equals(commands.get(first))) {
            first++;
        }
        int last = 0;
        while (last < shorter - first
                && manual.get(manual.size() - 1 - last).equals(commands.get(commands.size() - 1 - last))) {
            last++;
        }
        Set<String> touched = new LinkedHashSet<>();
        manual.subList(first, manual.size() - last).forEach(command -> touch(command, touched));
        List<RouteCommand> before = manual;
        manual = List.copyOf(commands);
        commands.subList(first, commands.size() - last).forEach(command -> touch(command, touched));
        return before.equals(manual) ? new Update(table, Set.of()) : make(touched);
    }

    private void count(RouteCommand.Add command, int change, Set<String> touched) {
        String source = RouteMaker.normal(command.source());
        touched.add(source);
        TreeMap<String, Counted> there = bySource.computeIfAbsent(source, s -> new TreeMap<>());
        there.compute(command.text(), (text, old) -> {
            int count = (old == null ? 0 : old.count()) + change;
            return count <= 0 ? null : new Counted(command, count);
        });
        if (there.isEmpty()) {
            bySource.remove(source);
        }
    }

    /** The routes that a command may change. */
    private void touch(RouteCommand command, Set<String> touched) {
        switch (command) {
            case RouteCommand.Add add -> touched.add(RouteMaker.normal(add.source()));
            case RouteCommand.Weigh weigh -> touched.add(RouteMaker.normal(weigh.source()));
            case RouteCommand.Delete delete -> {
                if (!delete.source().isEmpty()) {
                    touched.add(RouteMaker.normal(delete.source()));
                } else {
                    touched.addAll(bySource.keySet());
                    manual.forEach(other -> {
                        if (other instanceof RouteCommand.Add add) {
                            touched.add(RouteMaker.normal(add.source()));
                        }
                    });
                }
            }
        }
    }

    private Update make(Collection<String> sources) {
        Map<String, List<RouteCommand>> manualFor = manualFor(sources);
        Set<String> changed = new LinkedHashSet<>();
        for (String source : sources) {
            List<RouteCommand> commands = new ArrayList<>();
            bySource.getOrDefault(source, new TreeMap<>()).descendingMap().values().forEach(counted -> commands.add(counted.command()));
            commands.addAll(manualFor.getOrDefault(source, List.of()));
            RouteMaker.Made made = maker.make(source, commands);
            if (made.problems().isEmpty()) {
                problems.remove(source);
            } else {
                problems.put(source, made.problems());
            }
            Optional<Route> before = table.at(source);
            if (!isSame(before, made.route())) {
                table = table.with(source, made.route());
                changed.add(source);
            }
        }
        return new Update(table, changed);
    }

    /** The operator's commands that concern these routes; one pass over them however many routes there are. */
    private Map<String, List<RouteCommand>> manualFor(Collection<String> sources) {
        Map<String, List<RouteCommand>> found = new HashMap<>();
        if (manual.isEmpty()) {
            return found;
        }
        Set<String> wanted = sources instanceof Set<String> set ? set : new LinkedHashSet<>(sources);
        for (RouteCommand command : manual) {
            String source = switch (command) {
                case RouteCommand.Add add -> RouteMaker.normal(add.source());
                case RouteCommand.Weigh weigh -> RouteMaker.normal(weigh.source());
                case RouteCommand.Delete delete -> delete.source().isEmpty() ? "" : RouteMaker.normal(delete.source());
            };
            if (!source.isEmpty()) {
                if (wanted.contains(source)) {
                    found.computeIfAbsent(source, s -> new ArrayList<>()).add(command);
                }
            } else {
                wanted.forEach(each -> found.computeIfAbsent(each, s -> new ArrayList<>()).add(command));
            }
        }
        return found;
    }

    private static boolean isSame(Optional<Route> before, Optional<Route> after) {
        return before.isPresent() == after.isPresent()
                && before.map(route -> parts(route).equals(parts(after.orElseThrow()))).orElse(true);
    }

    /** What a route was made of: everything else follows from it. */
    private static List<Map.Entry<RouteCommand.Add, Double>> parts(Route route) {
        return route.targets().stream().map(target -> Map.entry(target.command(), target.fixedWeight())).toList();
    }
}

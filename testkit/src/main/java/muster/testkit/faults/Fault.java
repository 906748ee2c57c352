package muster.testkit.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** What happens to servers, which are numbered from 0. */
public sealed interface Fault {
    /** {@code kill -9}; it stays away until {@link Start}. */
    record Kill(int server) implements Fault {}

    /** SIGTERM, and the end is awaited. */
    record Terminate(int server) implements Fault {}

    /** Starts a server that does not run. */
    record Start(int server) implements Fault {}

    /** SIGSTOP: it is there, and does nothing. */
    record Freeze(int server) implements Fault {}

    /** SIGCONT. */
    record Thaw(int server) implements Fault {}

    /** These servers and the others don't reach one another; clients reach all. */
    record Cut(Set<Integer> servers) implements Fault {}

    /** All reach one another again. */
    record Heal() implements Fault {}

    /** {@code kill -9} of all at once. */
    record PowerCut() implements Fault {}

    /** The same fault to others: each server's number is exchanged. */
    default Fault renumbered(IntUnaryOperator number) {
        return switch (this) {
            case Kill(int server) -> new Kill(number.applyAsInt(server));
            case Terminate(int server) -> new Terminate(number.applyAsInt(server));
            case Start(int server) -> new Start(number.applyAsInt(server));
            case Freeze(int server) -> new Freeze(number.applyAsInt(server));
            case Thaw(int server) -> new Thaw(number.applyAsInt(server));
            case Cut(Set<Integer> servers) -> new Cut(servers.stream().map(number::applyAsInt).collect(Collectors.toSet()));
            case Heal heal -> heal;
            case PowerCut powerCut -> powerCut;
        };
    }

    /** A fault, and when: so long after the beginning. */
    record Step(Duration at, Fault fault) {}

    /**
     * Some faults, each taken back after a while; they may overlap, and a majority may be away.
     *
     * @param count how many faults, not counting those that take one back
     */
    static List<Step> schedule(RandomGenerator random, int servers, int count) {
        List<Step> steps = new ArrayList<>();
        long at = 0;
        for (int i = 0; i < count; i++) {
            at += 150 + random.nextInt(850);
            long end = at + 300 + random.nextInt(2_500);
            int server = random.nextInt(servers);
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> add(steps, at, new Kill(server), end, new Start(server));
                case 3 -> add(steps, at, new Terminate(server), end, new Start(server));
                case 4, 5, 6 -> add(steps, at, new Freeze(server), end, new Thaw(server));
                case 7, 8 -> add(steps, at, new Cut(minority(random, servers)), end, new Heal());
                default -> {
                    steps.add(new Step(Duration.ofMillis(at), new PowerCut()));
                    for (int each = 0; each < servers; each++) {
                        steps.add(new Step(Duration.ofMillis(at + 50 + random.nextInt(900)), new Start(each)));
                    }
                }
            }
        }
        steps.sort(Comparator.comparing(Step::at));
        return List.copyOf(steps);
    }

    private static void add(List<Step> steps, long at, Fault fault, long end, Fault back) {
        steps.add(new Step(Duration.ofMillis(at), fault));
        steps.add(new Step(Duration.ofMillis(end), back));
    }

    private static Set<Integer> minority(RandomGenerator random, int servers) {
        Set<Integer> chosen = new TreeSet<>();
        int size = 1 + random.nextInt(Math.max(1, (servers - 1) / 2));
        while (chosen.size() < size) {
            chosen.add(random.nextInt(servers));
        }
        return chosen;
    }
}

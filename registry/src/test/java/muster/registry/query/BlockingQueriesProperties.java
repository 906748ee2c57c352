package muster.registry.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import muster.registry.state.Changes;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Samples;
import muster.registry.state.State;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The loop of all waits against somebody who, after each change, runs every waiting query again. */
class BlockingQueriesProperties {
    private static final int STEPS = 120;
    private static final List<String> NAMES = List.of("a", "a/", "a/b", "a/b/c", "b");
    private static final List<StateQuery<?>> QUERIES = List.of(
            new Reads.Key("a"), new Reads.Key("a/b"), new Reads.Entries("a"), new Reads.Entries("a/"), new Reads.Entries(""),
            new Reads.KeyNames("a", "/"), new Reads.Nodes(), new Reads.ServiceNames(Map.of()), new Reads.Instances("web"),
            new Reads.Instances("db"), new Reads.ServicesOfNode("n1"), new Reads.ChecksOfNode("n2"), new Reads.ChecksInState("critical"));

    /** @param seen what the query's answer was when the wait began */
    private record Wait(
            StateQuery<?> query, long index, Object seen, CompletableFuture<?> answer, CompletableFuture<Void> gone) {}

    /**
     * Plan: change the state, begin waits behind the present index and older ones, and hang up, at random. After each step: whose value has changed
     * and whose index is passed, is answered (none is missed); who is answered has the answer of that moment, and its index is passed;
     * and nobody is answered by a change of what was not read, or by somebody else's question (none is woken for nothing). An index
     * of a query never goes back.
     */
    @Property(tries = 100)
    void nobodyIsMissedAndNobodyIsWokenForNothing(@ForAll long seed) {
        Random random = new Random(seed);
        AtomicReference<State> state = new AtomicReference<>(State.EMPTY);
        List<Wait> waits = new ArrayList<>();
        Map<StateQuery<?>, Long> highest = new HashMap<>();
        try (BlockingQueries queries = new BlockingQueries(new HeldAnswers(state::get, () -> 0), new Random(seed))) {
            for (int step = 0; step < STEPS; step++) {
                Set<StateQuery<?>> concerned = new HashSet<>();
                switch (random.nextInt(5)) {
                    case 0, 1 -> {
                        State before = state.get();
                        State.Outcome outcome = state.get().apply(state.get().index() + 1, command(random));
                        state.set(outcome.state());
                        queries.changed(outcome.changes());
                        QUERIES.stream().filter(query -> reads(query.answer(before), outcome.changes())).forEach(concerned::add);
                    }
                    case 2, 3 -> {
                        StateQuery<?> query = QUERIES.get(random.nextInt(QUERIES.size()));
                        Answer<?> now = query.answer(state.get());
                        long index = Math.max(1, now.index() - random.nextInt(3));
                        concerned.add(query);
                        CompletableFuture<Void> gone = new CompletableFuture<>();
                        waits.add(new Wait(query, index, now.value(), queries.await(query, index, Duration.ofMinutes(5), gone), gone));
                    }
                    default -> {
                        if (!waits.isEmpty()) {
                            waits.remove(random.nextInt(waits.size())).gone().complete(null);
                        }
                    }
                }
                int waiting = queries.waiting(); // the loop has now done all that was asked of it before
                look(state.get(), waits, concerned, highest, "seed " + seed + " step " + step);
                assertThat(waiting).as("hung up or answered means forgotten").isEqualTo(waits.size());
            }
        }
    }

    private static boolean reads(Answer<?> answer, Changes changes) {
        Interests<String> interests = new Interests<>();
        interests.set("waiter", answer.read());
        return !interests.concerned(changes).isEmpty();
    }

    /** Takes out what is answered. */
    private static void look(
            State state, List<Wait> waits, Set<StateQuery<?>> concerned, Map<StateQuery<?>, Long> highest, String when) {
        for (Iterator<Wait> all = waits.iterator(); all.hasNext();) {
            Wait wait = all.next();
            Answer<?> now = wait.query().answer(state);
            assertThat(now.index()).as("%s: %s never goes back", when, wait.query())
                    .isGreaterThanOrEqualTo(highest.getOrDefault(wait.query(), 0L));
            highest.put(wait.query(), now.index());
            boolean passed = now.index() > wait.index();
            String what = when + ": " + wait.query() + " behind " + wait.index() + ", now at " + now.index();
            if (passed && !now.value().equals(wait.seen())) {
                assertThat(wait.answer()).as("%s is missed", what).isDone();
            }
            if (wait.answer().isDone()) {
                assertThat(passed).as("%s is answered too early", what).isTrue();
                assertThat(concerned).as("%s is woken for nothing", what).contains(wait.query());
                Answer<?> given = (Answer<?>) wait.answer().join();
                assertThat(given.index()).as("%s: index of %s", when, wait.query()).isEqualTo(now.index());
                assertThat(given.value()).as("%s: value of %s", when, wait.query()).isEqualTo(now.value());
                all.remove();
            }
        }
    }

    private static Command command(Random random) {
        String key = NAMES.get(random.nextInt(NAMES.size()));
        String node = "n" + (1 + random.nextInt(2));
        String service = random.nextBoolean() ? "web" : "db";
        return switch (random.nextInt(7)) {
            case 0, 1 -> Samples.put(key, "v" + random.nextInt(3));
            case 2 -> Samples.delete(key);
            case 3 -> Samples.deleteTree(key);
            case 4 -> Samples.register(Samples.service(node, service + "1", service, 80 + random.nextInt(2)));
            case 5 -> Samples.register(node, Samples.check(node, "c", random.nextBoolean() ? Check.PASSING : Check.CRITICAL, ""));
            default -> Samples.deregister(node, random.nextBoolean() ? service + "1" : "");
        };
    }
}

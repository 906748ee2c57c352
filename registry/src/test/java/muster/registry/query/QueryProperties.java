package muster.registry.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Samples;
import muster.registry.state.Session;
import muster.registry.state.State;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What every query promises to those who wait for it, over random histories. */
class QueryProperties {
    /** An empty state answers with index 1, so the first command of a server, its own registration, can't be waited for. */
    private static final long FIRST_INDEX = 2;
    private static final List<String> SESSIONS =
            List.of("11111111-2222-3333-4444-555555555551", "11111111-2222-3333-4444-555555555552");

    private static final List<StateQuery<?>> QUERIES = List.of(
            new Reads.Key("a"), new Reads.Key("a/b"), new Reads.Entries("a"), new Reads.Entries("a/"), new Reads.Entries(""),
            new Reads.KeyNames("a", "/"), new Reads.Nodes(), new Reads.ServiceNames(Map.of()),
            new Reads.ServiceNames(Map.of("rack", "r1")), new Reads.Instances("web"), new Reads.Instances("db"),
            new Reads.Connectable("web"), new Reads.ServicesOfNode("n1"), new Reads.ChecksOfNode("n2"),
            new Reads.ChecksOfService("web"), new Reads.ChecksInState("critical"), new Reads.AllSessions(),
            new Reads.SessionsOfNode("n1"), new Reads.OneSession(SESSIONS.getFirst()));

    @Provide
    Arbitrary<List<Command>> histories() {
        Arbitrary<String> keys = Arbitraries.of("a", "a/", "a/b", "a/b/c", "b", "ab");
        Arbitrary<String> values = Arbitraries.of("1", "2");
        Arbitrary<String> nodes = Arbitraries.of("n1", "n2", "N1");
        Arbitrary<String> services = Arbitraries.of("web", "db");
        Arbitrary<String> statuses = Arbitraries.of(Check.PASSING, Check.WARNING, Check.CRITICAL);
        Arbitrary<String> sessions = Arbitraries.of(SESSIONS);
        Arbitrary<Command> commands = Arbitraries.oneOf(
                Combinators.combine(keys, values).as(Samples::put),
                keys.map(Samples::delete),
                keys.map(Samples::deleteTree),
                Combinators.combine(keys, sessions).as(Samples::acquire),
                Combinators.combine(keys, sessions).as(Samples::release),
                Combinators.combine(nodes, statuses).as((node, status) ->
                        Samples.register(node, Samples.check(node, "nc", status, ""))),
                Combinators.combine(nodes, services, Arbitraries.of(80, 81)).as((node, service, port) ->
                        Samples.register(Samples.service(node, service + "1", service, port))),
                Combinators.combine(nodes, services, statuses).as((node, service, status) -> Samples.register(
                        Samples.service(node, service + "1", service, 80),
                        Samples.check(node, service + "-c", status, service + "1"))),
                Combinators.combine(nodes, services).as((node, service) -> Samples.deregister(node, service + "1")),
                nodes.map(node -> Samples.deregister(node, "")),
                Combinators.combine(sessions, nodes).as((id, node) ->
                        new Command.CreateSession(Samples.session(id, node, Session.Behavior.RELEASE))),
                sessions.map(Command.EndSession::new));
        return commands.list().ofMinSize(1).ofMaxSize(40);
    }

    @Property
    void anAnswerChangesOnlyWithAPartThatItReadAndThenItsIndexGrows(@ForAll("histories") List<Command> history) {
        State state = State.EMPTY;
        for (Command command : history) {
            State.Outcome outcome = state.apply(Math.max(FIRST_INDEX, state.index() + 1), command);
            for (StateQuery<?> query : QUERIES) {
                Answer<?> before = query.answer(state);
                Answer<?> after = query.answer(outcome.state());
                Interests<String> interests = new Interests<>();
                interests.set("waiter", before.read());
                boolean woken = !interests.concerned(outcome.changes()).isEmpty();
                assertThat(after.index()).as("%s never goes back", query).isGreaterThanOrEqualTo(before.index());
                if (!before.value().equals(after.value())) {
                    assertThat(woken).as("%s wakes for %s", query, command).isTrue();
                    assertThat(after.index()).as("%s moves with %s", query, command).isGreaterThan(before.index());
                }
            }
            state = outcome.state();
        }
    }

    /** Plan: of every query that tells its index without the answer, all answers of a history; those of one index are equal. */
    @Property
    void answersOfOneIndexAreEqual(@ForAll("histories") List<Command> history) {
        Map<StateQuery<?>, Map<Long, Object>> seen = new HashMap<>();
        State state = State.EMPTY;
        for (Command command : history) {
            state = state.apply(Math.max(FIRST_INDEX, state.index() + 1), command).state();
            for (StateQuery<?> query : QUERIES) {
                if (query.index(state).isPresent()) {
                    Answer<?> answer = query.answer(state);
                    long index = query.index(state).getAsLong();
                    assertThat(Math.max(1, index)).as("%s", query).isEqualTo(answer.index());
                    Object earlier = seen.computeIfAbsent(query, q -> new HashMap<>()).putIfAbsent(index, answer.value());
                    if (earlier != null) {
                        assertThat(answer.value()).as("%s at %s after %s", query, index, command).isEqualTo(earlier);
                    }
                }
            }
        }
    }

    @Property
    void aWaiterSleepsThroughChangesElsewhere(@ForAll("histories") List<Command> history) {
        State state = State.EMPTY;
        Map<StateQuery<?>, Interests<String>> all = new HashMap<>();
        for (StateQuery<?> query : List.<StateQuery<?>>of(
                new Reads.Key("other"), new Reads.Entries("other/"), new Reads.Instances("other"),
                new Reads.ServicesOfNode("other"))) {
            Interests<String> interests = new Interests<>();
            interests.set("waiter", query.answer(state).read());
            all.put(query, interests);
        }
        for (Command command : history) {
            State.Outcome outcome = state.apply(Math.max(FIRST_INDEX, state.index() + 1), command);
            all.forEach((query, interests) -> assertThat(interests.concerned(outcome.changes()))
                    .as("%s through %s", query, command).isEqualTo(Set.of()));
            state = outcome.state();
        }
    }
}

package muster.registry.state;

import static muster.registry.state.Samples.acquire;
import static muster.registry.state.Samples.after;
import static muster.registry.state.Samples.cas;
import static muster.registry.state.Samples.check;
import static muster.registry.state.Samples.delete;
import static muster.registry.state.Samples.deleteTree;
import static muster.registry.state.Samples.deregister;
import static muster.registry.state.Samples.node;
import static muster.registry.state.Samples.put;
import static muster.registry.state.Samples.register;
import static muster.registry.state.Samples.release;
import static muster.registry.state.Samples.service;
import static muster.registry.state.Samples.session;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StateTest {
    private static final String S1 = "11111111-2222-3333-4444-555555555551";
    private static final String S2 = "11111111-2222-3333-4444-555555555552";

    /** Commands that lead up to the last one, and what becomes of that. */
    record Case(String name, List<Command> before, Command last, Result result) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Command session1() {
        return new Command.CreateSession(session(S1, "n1", Session.Behavior.RELEASE));
    }

    private static Command session2() {
        return new Command.CreateSession(session(S2, "n1", Session.Behavior.DELETE));
    }

    static Stream<Case> cases() {
        Result yes = new Result.Decided(true);
        Result no = new Result.Decided(false);
        return Stream.of(
                new Case("a put is always done", List.of(), put("a", "1"), yes),
                new Case("cas 0 creates", List.of(), cas("a", "1", 0), yes),
                new Case("cas 0 leaves what exists", List.of(put("a", "1")), cas("a", "2", 0), no),
                new Case("cas with the entry's index sets", List.of(put("b", ""), put("a", "1")), cas("a", "2", 2), yes),
                new Case("cas with an older index does not", List.of(put("a", "1"), put("a", "2")), cas("a", "3", 1), no),
                new Case("cas on an absent key does not", List.of(), cas("a", "1", 7), no),
                new Case("deleting what is absent is done", List.of(), delete("a"), yes),
                new Case("a lock needs a session", List.of(), acquire("a", ""), new Result.Refused("missing session")),
                new Case("a lock needs a session that exists", List.of(), acquire("a", S1),
                        new Result.Refused("invalid session \"" + S1 + "\"")),
                new Case("a free key can be locked", List.of(register("n1"), session1()), acquire("a", S1), yes),
                new Case("the holder may lock again", List.of(register("n1"), session1(), acquire("a", S1)),
                        acquire("a", S1), yes),
                new Case("another session may not", List.of(register("n1"), session1(), session2(), acquire("a", S1)),
                        acquire("a", S2), no),
                new Case("only the holder releases", List.of(register("n1"), session1(), session2(), acquire("a", S1)),
                        release("a", S2), no),
                new Case("the holder releases", List.of(register("n1"), session1(), acquire("a", S1)), release("a", S1), yes),
                new Case("a session needs its node", List.of(), session1(),
                        new Result.Refused("Missing node registration")),
                new Case("a session needs its checks", List.of(register("n1")),
                        new Command.CreateSession(session(S1, "n1", Session.Behavior.RELEASE, "c")),
                        new Result.Refused("Missing check 'c' registration")),
                new Case("a session needs its checks well", List.of(register("n1", check("n1", "c", "critical", ""))),
                        new Command.CreateSession(session(S1, "n1", Session.Behavior.RELEASE, "c")),
                        new Result.Refused("Check 'c' is in critical state")),
                new Case("a check needs its service", List.of(), register("n1", check("n1", "c", "passing", "web")),
                        new Result.Refused("Missing service registration")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void answersTheCommand(Case c) {
        State state = after(c.before().toArray(Command[]::new));
        State.Outcome outcome = state.apply(state.index() + 1, c.last());
        assertThat(outcome.result()).isEqualTo(c.result());
        if (c.result() instanceof Result.Refused) {
            assertThat(outcome.changes().isEmpty()).isTrue();
            assertThat(outcome.state().catalog()).isSameAs(state.catalog());
            assertThat(outcome.state().keys()).isSameAs(state.keys());
        }
    }

    @Test
    void puttingTheSameValueChangesNothing() {
        State state = after(put("a", "1"));
        State.Outcome again = state.apply(2, put("a", "1"));
        assertThat(again.changes()).isEqualTo(Changes.NONE);
        assertThat(again.state().keys().get("a").orElseThrow().modifyIndex()).isEqualTo(1);
    }

    @Test
    void registeringTheSameAgainChangesNothing() {
        Command web = register(service("n1", "w1", "web", 80), check("n1", "c", "passing", "w1"));
        assertThat(after(web).apply(2, web).changes()).isEqualTo(Changes.NONE);
    }

    @Test
    void deletionsRaiseTheIndexOfTheirPrefixesUntilTombstonesAreCollected() {
        State state = after(put("p/a", "1"), put("p/b", "1"), delete("p/a"), put("q", "1"));
        assertThat(state.keys().indexUnder("p/")).isEqualTo(3);
        assertThat(state.keys().indexUnder("none")).isEqualTo(4);
        State collected = state.apply(5, new Command.CollectTombstones(3)).state();
        assertThat(collected.keys().indexUnder("p/")).isEqualTo(2);
    }

    @Test
    void keysFoldAtTheFirstSeparatorBehindThePrefix() {
        State state = after(put("x/a", ""), put("x/b", ""), put("x/b/c", ""), put("x/b/d", ""), put("y", ""));
        assertThat(state.keys().keys("x/", "/")).containsExactly("x/a", "x/b", "x/b/");
        assertThat(state.keys().keys("x", "/")).containsExactly("x/");
        assertThat(state.keys().keys("", "")).hasSize(5);
    }

    @Test
    void deletingATreeTakesWhatStartsWithItsText() {
        State state = after(put("a/1", ""), put("a/2", ""), put("ab", ""), put("b", ""), deleteTree("a"));
        assertThat(state.keys().keys("", "")).containsExactly("b");
    }

    @Test
    void aSessionThatEndsLosesItsLocks() {
        // Plan: one session releases, one deletes; each holds a key; both end with their node.
        State held = after(register("n1"), new Command.CreateSession(session(S1, "n1", Session.Behavior.RELEASE)),
                new Command.CreateSession(session(S2, "n1", Session.Behavior.DELETE)), acquire("kept", S1),
                acquire("gone", S2));
        State.Outcome end = held.apply(6, deregister("n1", ""));
        assertThat(end.state().keys().get("kept").orElseThrow().session()).isEmpty();
        assertThat(end.state().keys().get("kept").orElseThrow().lockIndex()).isEqualTo(1);
        assertThat(end.state().keys().get("gone")).isEmpty();
        assertThat(end.changes().sessions()).containsExactlyInAnyOrder(S1, S2);
        assertThat(end.changes().lockDelays()).containsKeys("kept", "gone").containsValue(Duration.ofSeconds(15));
    }

    @Test
    void aCriticalCheckEndsTheSessionsThatNeedIt() {
        State state = after(register("n1", check("n1", "c", "passing", "")),
                new Command.CreateSession(session(S1, "n1", Session.Behavior.RELEASE, "c")));
        assertThat(state.apply(3, register("n1", check("n1", "c", "warning", ""))).state().sessions().all()).hasSize(1);
        assertThat(state.apply(3, register("n1", check("n1", "c", "critical", ""))).state().sessions().all()).isEmpty();
    }

    @Test
    void anotherHolderCountsAsAnAcquisition() {
        State state = after(register("n1"), session1(), session2(), acquire("a", S1), acquire("a", S1), release("a", S1),
                acquire("a", S2));
        assertThat(state.keys().get("a").orElseThrow().lockIndex()).isEqualTo(2);
    }

    @Test
    void aPlainPutKeepsTheHolderAndForgetsTheCount() {
        KeyValue entry = after(register("n1"), session1(), acquire("a", S1), put("a", "x")).keys().get("a").orElseThrow();
        assertThat(entry.session()).isEqualTo(S1);
        assertThat(entry.lockIndex()).isZero();
    }

    @Test
    void theIndexOfAServiceMovesWithAllThatItsAnswerShows() {
        State state = after(register(service("n1", "w", "web", 80)), register(service("n2", "d", "db", 1)));
        assertThat(state.catalog().serviceIndex("WEB")).isEqualTo(1);
        assertThat(state.apply(3, register("n1", check("n1", "nc", "passing", ""))).state().catalog().serviceIndex("web"))
                .as("a check of its node").isEqualTo(3);
        assertThat(state.apply(3, register("n2", check("n2", "nc", "passing", ""))).state().catalog().serviceIndex("web"))
                .as("a check of another node").isEqualTo(1);
        assertThat(state.apply(3, deregister("n1", "w")).state().catalog().serviceIndex("web"))
                .as("its end").isEqualTo(3);
    }

    @Test
    void aNodeIdUnderAnotherNameRenamesTheNode() {
        String id = "40e4a748-2192-161a-0510-9bf59fe95002";
        Node first = new Node(id, "old", "10.0.0.1", "dc1", null, null, 0, 0);
        Node second = new Node(id, "new", "10.0.0.1", "dc1", null, null, 0, 0);
        State state = after(new Command.Register(first, false, Optional.empty(), List.of()),
                new Command.Register(second, false, Optional.empty(), List.of()));
        assertThat(state.catalog().nodes().all()).extracting(Node::name).containsExactly("new");
    }

    @Test
    void aNameOfALivingNodeIsRefusedToAnotherId() {
        Node mine = new Node("40e4a748-2192-161a-0510-9bf59fe95001", "n", "10.0.0.1", "dc1", null, null, 0, 0);
        Node other = new Node("40e4a748-2192-161a-0510-9bf59fe95002", "n", "10.0.0.2", "dc1", null, null, 0, 0);
        State state = after(new Command.Register(mine, false, Optional.empty(), List.of()));
        assertThat(state.apply(2, new Command.Register(other, false, Optional.empty(), List.of())).result())
                .isInstanceOf(Result.Refused.class);
        State dead = state.apply(2, new Command.Register(mine, false, Optional.empty(),
                List.of(check("n", Check.SERF_HEALTH, "critical", "")))).state();
        assertThat(dead.apply(3, new Command.Register(other, false, Optional.empty(), List.of())).result())
                .isEqualTo(new Result.Done());
    }

    @Test
    void aTransactionIsAllOrNothingAtOneIndex() {
        State state = after(put("a", "1"));
        Operation set = new Operation.OnKey(KeyOperation.set("b", "2".getBytes(), 0));
        Operation missing = new Operation.OnKey(
                new KeyOperation(KeyOperation.Verb.GET, "none", null, 0, 0, ""));
        State.Outcome failed = state.apply(2, new Command.Transaction(List.of(set, missing)));
        assertThat(failed.result())
                .isEqualTo(new Result.Failed(List.of(new Result.Failure(1, "key \"none\" doesn't exist"))));
        assertThat(failed.state().keys().get("b")).isEmpty();
        State.Outcome done = state.apply(2, new Command.Transaction(
                List.of(set, new Operation.OnNode(Operation.Verb.SET, node("n1")))));
        assertThat(done.state().keys().get("b").orElseThrow().modifyIndex()).isEqualTo(2);
        assertThat(done.state().catalog().node("n1").orElseThrow().modifyIndex()).isEqualTo(2);
    }
}

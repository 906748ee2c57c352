package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import muster.raft.NotLeaderException;
import muster.scheduler.Samples;
import muster.scheduler.state.Command;
import muster.scheduler.state.JsonCommandCodec;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeEvent;
import muster.scheduler.state.RefusedException;
import muster.scheduler.state.Restoring;
import muster.scheduler.state.Topic;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;

class FormerLeaderTest {
    private final Simulation simulation = new Simulation(SeededRandom.of(5));
    private final Node node = Samples.node(1, 1_000, 1_000);

    private Command down() {
        return new Command.UpdateNodeStatus(node.id(), Node.DOWN, 1, new NodeEvent(0, null, "Node heartbeat missed", "Cluster", null), List.of());
    }

    /** Plan: a leader that slept through an election wakes and finds every node late; what it writes of that must not count. */
    @Test
    void whatAFormerLeaderWritesHasNoEffect() {
        simulation.up(node);
        String term = simulation.state().servers().term();
        Writer former = simulation.writer.ofLeader(() -> term, unsure -> { });
        simulation.writer.write(new Command.TakeLead("another"));

        assertThatThrownBy(() -> former.write(down())).isInstanceOf(NotLeaderException.class);
        assertThat(simulation.state().nodes().get(node.id()).status()).isEqualTo(Node.READY);
    }

    @Test
    void whatTheLeaderOfTheTermWritesHas() {
        simulation.up(node);
        String term = simulation.state().servers().term();

        simulation.writer.ofLeader(() -> term, unsure -> { }).write(down());

        assertThat(simulation.state().nodes().get(node.id()).status()).isEqualTo(Node.DOWN);
    }

    @Test
    void aLeadersCommandKeepsItsTermInTheLog() {
        Command command = new Command.OfLeader("t-1", down());

        assertThat(new JsonCommandCodec().decode(new JsonCommandCodec().encode(command))).isEqualTo(command);
    }

    @Test
    void aServerThatDoesNotLeadTakesNoHeartbeats() {
        simulation.leader.follow();

        assertThatThrownBy(() -> simulation.leader.beat(node.id())).isInstanceOf(NotLeaderException.class);
    }

    /** Plan: save with a node, purge it, restore piece by piece: the node is back, at a newer index, and who waited is woken. */
    @Test
    void aRestoredStateIsNewerThanWhatItReplaces() {
        simulation.up(node);
        byte[] saved = Restoring.pack(simulation.state());
        simulation.writer.write(new Command.DeregisterNode(node.id(), List.of()));
        long before = simulation.state().indexOf(Topic.NODES, Topic.NODES);
        Watches watches = new Watches(simulation.store);
        CompletableFuture<Void> waiting = watches.watch("what never changes");

        List<Command> pieces = Restoring.commands("r", saved, 100);
        pieces.forEach(simulation.writer::write);

        assertThat(pieces).hasSizeGreaterThan(2);
        assertThat(simulation.state().nodes().get(node.id())).isNotNull();
        assertThat(simulation.state().indexOf(Topic.NODES, Topic.NODES)).isGreaterThan(before);
        assertThat(waiting).isDone();
    }

    @Test
    void piecesOfTwoRestorationsAreNotMixed() {
        byte[] saved = Restoring.pack(simulation.state());
        List<Command> first = Restoring.commands("a", saved, 50);
        simulation.writer.write(first.get(0));
        simulation.writer.write(Restoring.commands("b", saved, 50).getFirst());

        assertThatThrownBy(() -> simulation.writer.write(first.get(1))).isInstanceOf(RefusedException.class);
    }
}

package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.Filled;
import muster.scheduler.job.Job;
import muster.scheduler.state.Acl;
import muster.scheduler.state.AclPolicy;
import muster.scheduler.state.AclRole;
import muster.scheduler.state.AclToken;
import muster.scheduler.state.Command;
import muster.scheduler.state.Namespace;
import muster.scheduler.state.Node;
import muster.scheduler.state.OneTimeToken;
import muster.scheduler.state.ScalingEvent;
import muster.scheduler.state.SchedulerConfiguration;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    /** Every table by name and key; a table that is added to the state is in here by itself. */
    private static Map<String, Object> contents(State state) {
        Map<String, Object> contents = new TreeMap<>();
        contents("", state, contents);
        return contents;
    }

    private static void contents(String prefix, Record whole, Map<String, Object> contents) {
        for (RecordComponent component : whole.getClass().getRecordComponents()) {
            try {
                String name = prefix + component.getName();
                switch (component.getAccessor().invoke(whole)) {
                    case muster.scheduler.state.Table<?> table -> table.scan("", (key, entry) -> {
                        contents.put(name + ' ' + key, entry);
                        return true;
                    });
                    case Acl acl -> contents(name + ' ', acl, contents);
                    case Object value -> contents.put(name, value);
                }
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static State restored(Store store) throws IOException {
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        store.save(saved);
        Store other = new Store();
        other.restore(new ByteArrayInputStream(saved.toByteArray()));
        return other.state();
    }

    @Test
    void aClustersStateIsRestoredAsItWasSaved() {
        SeededRandom.rounds(2, random -> {
            Simulation simulation = SimulationTest.trouble(random);

            assertThat(contents(restored(simulation.store))).isEqualTo(contents(simulation.state()));
        });
    }

    /** Plan: one of each thing that a cluster seldom has, with all its parts filled; save, restore, compare. */
    @Test
    void whatIsSeldomUsedIsRestoredToo() throws IOException {
        Filled filled = new Filled();
        Store store = new Store();
        Job job = filled.record(Job.class);
        List<Command> commands = List.of(
                new Command.RegisterJob(job, null, false, 0, null),
                new Command.RegisterNode(filled.record(Node.class), null, List.of()),
                new Command.AddScalingEvent(job.namespace(), job.id(), job.taskGroups().getFirst().name(),
                        filled.record(ScalingEvent.class)),
                new Command.SetLaunch(job.namespace(), job.id(), 1_900_000_000),
                new Command.UpsertNamespaces(List.of(filled.record(Namespace.class))),
                new Command.UpsertPolicies(List.of(filled.record(AclPolicy.class))),
                new Command.UpsertRoles(List.of(filled.record(AclRole.class))),
                new Command.BootstrapAcl(filled.record(AclToken.class), 0),
                new Command.CreateOneTimeToken(filled.record(OneTimeToken.class)),
                new Command.SetConfiguration(filled.record(SchedulerConfiguration.class), false, 0));
        for (int i = 0; i < commands.size(); i++) {
            store.apply(i + 1, commands.get(i));
        }
        store.published(commands.size());

        assertThat(contents(restored(store))).isEqualTo(contents(store.state()));
        assertThat(store.state().scalingEvents().size()).isOne();
        assertThat(store.state().launches().size()).isOne();
        assertThat(store.state().namespaces().size()).isEqualTo(2);
        assertThat(store.state().acl().tokens().size()).isOne();
        assertThat(store.state().acl().bootstrapIndex()).isPositive();
    }
}

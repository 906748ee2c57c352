package muster.scheduler.state;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import muster.scheduler.Filled;
import muster.scheduler.job.Job;
import muster.testkit.KeptBytes;
import muster.wire.Json;
import org.junit.jupiter.api.Test;

/** Logs and snapshots that earlier versions wrote are read, and those of later ones refused. */
class KeptFormsTest {
    private static final JsonCommandCodec CODEC = new JsonCommandCodec();

    /** One of each kind, with something in every field. */
    private static List<Command> everyCommand() {
        Filled filled = new Filled();
        List<Command> commands = new ArrayList<>(Arrays.stream(Command.class.getPermittedSubclasses())
                .filter(type -> type != Command.OfLeader.class).sorted(Comparator.comparing(Class::getSimpleName))
                .map(type -> (Command) filled.record(type)).toList());
        commands.add(new Command.OfLeader("term", filled.record(Command.SetLaunch.class)));
        return commands;
    }

    private static List<byte[]> meaning(byte[] packed) {
        return KeptBytes.unpacked(packed).stream().map(CODEC::decode)
                .map(command -> Json.write(Map.of(command.getClass().getSimpleName(), command))).toList();
    }

    private static byte[] snapshot() {
        Filled filled = new Filled();
        Job job = filled.record(Job.class);
        Store store = new Store();
        List<Command> commands = Stream.of(
                new Command.RegisterJob(job, null, false, 0, null),
                new Command.RegisterNode(filled.record(Node.class), null, List.of()),
                new Command.AddScalingEvent(job.namespace(), job.id(), job.taskGroups().getFirst().name(), filled.record(ScalingEvent.class)),
                new Command.SetLaunch(job.namespace(), job.id(), 1_900_000_000),
                new Command.UpsertNamespaces(List.of(filled.record(Namespace.class))),
                new Command.UpsertPolicies(List.of(filled.record(AclPolicy.class))),
                new Command.UpsertRoles(List.of(filled.record(AclRole.class))),
                new Command.BootstrapAcl(filled.record(AclToken.class), 0),
                new Command.CreateOneTimeToken(filled.record(OneTimeToken.class)),
                new Command.SetConfiguration(filled.record(SchedulerConfiguration.class), false, 0),
                filled.record(Command.UpdateEvaluations.class),
                filled.record(Command.ApplyPlan.class),
                filled.record(Command.WriteVariable.class),
                filled.record(Command.RegisterServices.class)).map(Command.class::cast).toList();
        for (int i = 0; i < commands.size(); i++) {
            store.apply(i + 1, commands.get(i));
        }
        return saved(store);
    }

    private static byte[] saved(Store store) {
        try {
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            store.save(saved);
            return saved.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Store restored(byte[] snapshot) {
        try {
            Store store = new Store();
            store.restore(new ByteArrayInputStream(snapshot));
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void commandsOfTheFirstVersionSayWhatTheySaid() {
        KeptBytes.check("commands-1", () -> KeptBytes.packed(everyCommand().stream().map(CODEC::encode).toList()), KeptFormsTest::meaning);
    }

    @Test
    void aSnapshotOfTheSecondVersionIsTheStateThatItWas() {
        KeptBytes.check("snapshot-2", KeptFormsTest::snapshot, bytes -> blocks(saved(restored(bytes))));
    }

    /** The JSON of each block. */
    private static List<byte[]> blocks(byte[] snapshot) {
        ByteBuffer in = ByteBuffer.wrap(snapshot, 1, snapshot.length - 1);
        List<byte[]> blocks = new ArrayList<>();
        for (int length = in.getInt(); length > 0; length = in.getInt()) {
            byte[] block = new byte[length];
            in.get(block);
            blocks.add(block);
        }
        return blocks;
    }

    @Test
    void whatALaterVersionWroteIsRefused() {
        byte[] snapshot = snapshot();
        snapshot[0] = 3;
        assertThatThrownBy(() -> restored(snapshot)).hasMessage("a scheduler snapshot of version 3 can't be read, only 2");
    }
}

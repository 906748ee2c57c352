package muster.registry.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import muster.registry.identity.AuthMethod;
import muster.registry.identity.BindingRule;
import muster.registry.identity.Grants;
import muster.registry.identity.Policy;
import muster.registry.identity.Role;
import muster.registry.identity.Token;
import muster.registry.state.AclChange;
import muster.registry.state.Command;
import muster.registry.state.KeyOperation;
import muster.registry.state.Operation;
import muster.registry.state.Samples;
import muster.registry.state.State;
import muster.testkit.KeptBytes;
import muster.wire.Json;
import org.junit.jupiter.api.Test;

/** Logs and snapshots that earlier versions wrote are read, and those of later ones refused. */
class KeptFormsTest {
    private static List<Command> everyCommand() {
        List<Command> commands = new ArrayList<>(CodecTest.commands().toList());
        State archived = Samples.after(Samples.put("archived", "1"));
        // Some of those take away again what others added.
        commands.addAll(List.of(
                new Command.Register(CodecTest.FULL_NODE, false, Optional.of(CodecTest.FULL_SERVICE),
                        List.of(CodecTest.FULL_CHECK, Samples.check("n1", "s", "passing", "w1"))),
                new Command.CreateSession(CodecTest.SESSION),
                new Command.SetQuery(Samples.query("q1", "web")),
                new Command.SetConfigEntry(Samples.entry("service-resolver", "web", "ConnectTimeout", 15L), Optional.empty()),
                new Command.SetIntention(Samples.intention("i1", "web", "db", "deny")),
                new Command.SetAuthority(Samples.AUTHORITY, 0)));
        commands.addAll(List.of(Samples.put("a", "1"), Samples.acquire("b", CodecTest.SESSION.id()), Samples.cas("c", "2", 0), Samples.delete("a"),
                new Command.WriteKey(new KeyOperation(KeyOperation.Verb.SET, "bytes", new byte[] {0, 1, (byte) 0xff, '"'}, -1, 0, "")),
                new Command.Transaction(List.of(new Operation.OnKey(KeyOperation.set("u", new byte[] {'y'}, 3)),
                        new Operation.OnKey(KeyOperation.compareAndSet("u", new byte[0], 4, 1)))),
                new Command.Transaction(List.of(new Operation.OnKey(KeyOperation.set("t", new byte[] {'x'}, 1)),
                        new Operation.OnNode(Operation.Verb.SET, Samples.node("n3")),
                        new Operation.OnService(Operation.Verb.SET, Samples.service("n3", "w", "web", 80)),
                        new Operation.OnCheck(Operation.Verb.SET, Samples.check("n3", "c", "warning", "w")))),
                new Command.ChangeAcl(new AclChange.Begin(List.of(Policy.globalManagement()), List.of(Token.anonymous(Instant.EPOCH)), false)),
                new Command.ChangeAcl(new AclChange.PutPolicy(Policy.of("p1", "app", "d", "key_prefix \"\" { policy = \"read\" }", List.of("dc1")))),
                new Command.ChangeAcl(new AclChange.PutRole(Role.of("r1", "role", "d", Grants.ofPolicy("p1")))),
                new Command.ChangeAcl(new AclChange.PutMethod(new AuthMethod("m1", "jwt", "M", "d", Duration.ofHours(1), "local",
                        Map.of("BoundIssuer", "me"), 0, 0))),
                new Command.ChangeAcl(new AclChange.PutRule(new BindingRule("b1", "d", "m1", "a==b", "role", "role", 0, 0))),
                new Command.ChangeAcl(new AclChange.Bootstrap(Token.of("t1", "s1", "first", Grants.ofPolicy("p1"), false, "", Optional.empty(),
                        Instant.ofEpochSecond(5)), 0)),
                new Command.ChangeAcl(new AclChange.PutToken(Token.of("t2", "s2", "second", Grants.ofPolicy("p1"), true, "m1",
                        Optional.of(Instant.ofEpochSecond(9)), Instant.ofEpochSecond(6)))),
                new Command.ChangeAcl(new AclChange.DeleteTokens(List.of("none"))),
                new Command.ChangeAcl(new AclChange.DeletePolicy("none")),
                new Command.ChangeAcl(new AclChange.DeleteRole("none")),
                new Command.ChangeAcl(new AclChange.DeleteMethod("none")),
                new Command.ChangeAcl(new AclChange.DeleteRule("none"))));
        Pieces.of(archived, "11111111-0000-0000-0000-000000000000", 100).forEach(commands::add);
        commands.add(new Command.Restore(archived));
        return commands;
    }

    private static List<byte[]> meaning(byte[] packed) {
        StateStore store = new StateStore(changes -> { });
        List<byte[]> meaning = new ArrayList<>();
        long index = 0;
        for (byte[] command : KeptBytes.unpacked(packed)) {
            index++;
            Command read = new Commands().decode(command);
            if (read instanceof Command.RestorePiece piece && piece.number() == 0) {
                meaning.addAll(rows(store));
            }
            meaning.add(Json.write(Map.of(read.getClass().getSimpleName(), store.apply(index, read).getClass().getSimpleName())));
        }
        meaning.addAll(rows(store));
        return meaning;
    }

    /** What is in the store: the rows of a snapshot, as JSON each. */
    private static List<byte[]> rows(StateStore store) {
        try {
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            store.save(saved);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(saved.toByteArray()));
            in.readInt();
            List<byte[]> rows = new ArrayList<>();
            while (in.available() > 0) {
                char kind = (char) in.readByte();
                int version = in.readByte();
                byte[] row = in.readNBytes(in.readInt());
                rows.add(Json.write(Map.of(String.valueOf(kind), Json.parse(version == 1 ? row : ofFields(kind, row)))));
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] ofFields(char kind, byte[] row) {
        FieldReader in = new FieldReader(row, 0, row.length);
        return Json.write(kind == 'k' ? KeyForms.entry(in) : KeyForms.tombstone(in));
    }

    private static StateStore filled() {
        StateStore store = new StateStore(changes -> { });
        long index = 0;
        for (Command command : everyCommand()) {
            if (!(command instanceof Command.Restore || command instanceof Command.RestorePiece piece && piece.last())) {
                store.apply(++index, command);
            }
        }
        return store;
    }

    private static byte[] snapshot() {
        try {
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            filled().save(saved);
            return saved.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StateStore restored(byte[] snapshot) {
        try {
            StateStore store = new StateStore(changes -> { });
            store.restore(new ByteArrayInputStream(snapshot));
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void commandsOfTheFirstVersionDoWhatTheyDid() {
        KeptBytes.check("commands-1", () -> KeptBytes.packed(everyCommand().stream().map(new Commands()::encode).toList()),
                KeptFormsTest::meaning);
    }

    @Test
    void commandsOfTheSecondVersionDoWhatTheyDid() {
        KeptBytes.check("commands-2", () -> KeptBytes.packed(everyCommand().stream().map(new Commands()::encode).toList()),
                KeptFormsTest::meaning);
    }

    @Test
    void thereIsAKeptCommandOfEveryKind() {
        Set<Class<?>> kinds = new HashSet<>(Arrays.asList(Command.class.getPermittedSubclasses()));
        kinds.addAll(Arrays.asList(AclChange.class.getPermittedSubclasses()));
        everyCommand().forEach(command -> {
            kinds.remove(command.getClass());
            if (command instanceof Command.ChangeAcl(AclChange change)) {
                kinds.remove(change.getClass());
            }
        });
        assertThat(kinds).isEmpty();
    }

    @Test
    void aSnapshotOfTheSecondVersionIsTheStateThatItWas() {
        KeptBytes.check("snapshot-2", KeptFormsTest::snapshot, bytes -> rows(restored(bytes)));
    }

    @Test
    void aSnapshotOfTheThirdVersionIsTheStateThatItWas() {
        KeptBytes.check("snapshot-3", KeptFormsTest::snapshot, bytes -> rows(restored(bytes)));
    }

    /** Plan: rows of the first form have no version; take those out of a snapshot of the second, whose rows are JSON too, and read it. */
    @Test
    void aSnapshotOfTheFirstVersionIsReadToo() throws Exception {
        byte[] second = Files.readAllBytes(Path.of("src", "test", "resources", "kept", "snapshot-2.bin"));
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(second));
        in.readInt();
        first.writeBytes(new byte[] {0, 0, 0, 1});
        while (in.available() > 0) {
            first.write(in.readByte());
            in.readByte();
            byte[] length = in.readNBytes(4);
            first.writeBytes(length);
            first.writeBytes(in.readNBytes(ByteBuffer.wrap(length).getInt()));
        }
        assertThat(rows(restored(first.toByteArray()))).usingElementComparator(Arrays::compare).isEqualTo(rows(restored(second)));
    }

    @Test
    void whatALaterVersionWroteIsRefused() {
        byte[] form = snapshot();
        form[3] = 4;
        byte[] row = snapshot();
        row[5] = 3;
        assertThatThrownBy(() -> restored(form)).hasRootCauseMessage("a registry snapshot of version 4 can't be read, only 1 to 3");
        assertThatThrownBy(() -> restored(row)).hasRootCauseMessage("a snapshot row of version 3 can't be read, only 1 and 2");
        byte[] command = new Commands().encode(Samples.put("a", "b"));
        command[0] = 3;
        assertThatThrownBy(() -> new Commands().decode(command))
                .hasMessage("a registry command of version 3 can't be read, only 1 and 2");
    }

    /** Plan: each prefix of the bytes, and the bytes with one of them changed: refused by an exception that says why, or read. */
    @Test
    void damagedBytesAreRefusedOrRead() {
        byte[] good = snapshot();
        Random random = new Random(3);
        for (int at = 0; at < Math.min(good.length, 1_200); at++) {
            byte[] changed = good.clone();
            changed[at] ^= (byte) (1 + random.nextInt(255));
            for (byte[] damaged : List.of(Arrays.copyOf(good, at), changed)) {
                try {
                    Snapshots.read(new ByteArrayInputStream(damaged));
                } catch (IOException e) {
                    assertThat(e.getMessage()).as("byte %d", at).isNotBlank();
                }
            }
        }
        for (Command command : everyCommand()) {
            byte[] bytes = new Commands().encode(command);
            for (int at = 2; bytes[0] == KeyForms.VERSION && at < bytes.length; at++) {
                byte[] changed = bytes.clone();
                changed[at] ^= (byte) (1 + random.nextInt(255));
                for (byte[] damaged : List.of(Arrays.copyOf(bytes, at), changed)) {
                    try {
                        new Commands().decode(damaged);
                    } catch (IllegalArgumentException e) {
                        assertThat(e.getMessage()).as("byte %d of %s", at, command).isNotBlank();
                    }
                }
            }
        }
    }
}

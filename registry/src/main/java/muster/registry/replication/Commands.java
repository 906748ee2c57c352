package muster.registry.replication;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import muster.raft.CommandCodec;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.KeyOperation;
import muster.registry.state.Node;
import muster.registry.state.Operation;
import muster.registry.state.Service;
import muster.wire.Json;

/**
 * The registry's commands as bytes: a version, a kind, and the command. Most are JSON (version 1), so that a later version may add
 * fields: an absent one reads as its default, an unknown one is passed over. What is done with keys, and large pieces, have the shorter
 * form of {@link KeyForms} (version 2), and are still read as JSON.
 */
public final class Commands implements CommandCodec<Command> {
    private static final byte JSON = 1;

    /** A transaction's step: which of the parts is there says what it works on. */
    record Step(
            Optional<KeyOperation> key,
            Optional<Operation.Verb> verb,
            Optional<Node> node,
            Optional<Service> service,
            Optional<Check> check) {
        static Step of(Operation operation) {
            return switch (operation) {
                case Operation.OnKey(KeyOperation key) -> new Step(Optional.of(key), Optional.empty(), Optional.empty(),
                        Optional.empty(), Optional.empty());
                case Operation.OnNode(Operation.Verb verb, Node node) -> new Step(Optional.empty(), Optional.of(verb),
                        Optional.of(node), Optional.empty(), Optional.empty());
                case Operation.OnService(Operation.Verb verb, Service service) -> new Step(Optional.empty(),
                        Optional.of(verb), Optional.empty(), Optional.of(service), Optional.empty());
                case Operation.OnCheck(Operation.Verb verb, Check check) -> new Step(Optional.empty(), Optional.of(verb),
                        Optional.empty(), Optional.empty(), Optional.of(check));
            };
        }

        Operation operation() {
            if (key.isPresent()) {
                return new Operation.OnKey(key.get());
            }
            Operation.Verb what = verb.orElseThrow(() -> new IllegalArgumentException("a step has neither key nor verb"));
            if (node.isPresent()) {
                return new Operation.OnNode(what, node.get());
            }
            if (service.isPresent()) {
                return new Operation.OnService(what, service.get());
            }
            return new Operation.OnCheck(what,
                    check.orElseThrow(() -> new IllegalArgumentException("a step has a verb but no row")));
        }
    }

    /** A transaction's steps. */
    record Steps(List<Step> steps) {}

    @Override
    public byte[] encode(Command command) {
        return switch (command) {
            case Command.WriteKey write -> plain('k', out -> KeyForms.write(out, write.operation()));
            case Command.Register register -> bytes('r', register);
            case Command.Deregister deregister -> bytes('d', deregister);
            case Command.CreateSession create -> bytes('s', create);
            case Command.EndSession end -> bytes('e', end);
            case Command.Transaction transaction when KeyForms.areOfKeys(transaction.operations()) ->
                plain('t', out -> KeyForms.write(out, transaction.operations()));
            case Command.Transaction transaction ->
                bytes('t', new Steps(transaction.operations().stream().map(Step::of).toList()));
            case Command.CollectTombstones collect -> bytes('c', collect);
            case Command.SetAutopilot set -> bytes('a', set);
            case Command.ChangeAcl change -> bytes('A', AclStep.of(change.change()));
            case Command.SetQuery set -> bytes('q', set);
            case Command.DeleteQuery delete -> bytes('Q', delete);
            case Command.SetCoordinates set -> bytes('o', set);
            case Command.SetConfigEntry set -> bytes('f', set);
            case Command.DeleteConfigEntry delete -> bytes('F', delete);
            case Command.SetIntention set -> bytes('i', set);
            case Command.DeleteIntention delete -> bytes('I', delete);
            case Command.SetAuthority set -> bytes('y', set);
            case Command.Restore restore -> bytes('z', Pieces.pack(restore.state()));
            case Command.RestorePiece piece -> plain('Z', out -> KeyForms.write(out, piece));
        };
    }

    @Override
    public Command decode(byte[] bytes) {
        if (bytes.length < 2 || bytes[0] != JSON && bytes[0] != KeyForms.VERSION) {
            throw new IllegalArgumentException("a registry command of version "
                    + (bytes.length == 0 ? "none" : bytes[0]) + " can't be read, only " + JSON + " and " + KeyForms.VERSION);
        }
        return bytes[0] == JSON ? ofJson(bytes) : ofFields(bytes[1], new FieldReader(bytes, 2, bytes.length));
    }

    private static Command ofFields(byte kind, FieldReader in) {
        return switch (kind) {
            case 'k' -> {
                KeyOperation operation = KeyForms.operation(in);
                in.end();
                yield new Command.WriteKey(operation);
            }
            case 't' -> new Command.Transaction(KeyForms.operations(in));
            case 'Z' -> KeyForms.piece(in);
            default -> throw unknown(kind);
        };
    }

    private static Command ofJson(byte[] bytes) {
        byte[] json = Arrays.copyOfRange(bytes, 2, bytes.length);
        return switch (bytes[1]) {
            case 'k' -> new Command.WriteKey(read(KeyOperation.class, json));
            case 'r' -> read(Command.Register.class, json);
            case 'd' -> read(Command.Deregister.class, json);
            case 's' -> read(Command.CreateSession.class, json);
            case 'e' -> read(Command.EndSession.class, json);
            case 't' -> new Command.Transaction(read(Steps.class, json).steps().stream().map(Step::operation).toList());
            case 'c' -> read(Command.CollectTombstones.class, json);
            case 'a' -> read(Command.SetAutopilot.class, json);
            case 'A' -> new Command.ChangeAcl(read(AclStep.class, json).change());
            case 'q' -> read(Command.SetQuery.class, json);
            case 'Q' -> read(Command.DeleteQuery.class, json);
            case 'o' -> read(Command.SetCoordinates.class, json);
            case 'f' -> read(Command.SetConfigEntry.class, json);
            case 'F' -> read(Command.DeleteConfigEntry.class, json);
            case 'i' -> read(Command.SetIntention.class, json);
            case 'I' -> read(Command.DeleteIntention.class, json);
            case 'y' -> read(Command.SetAuthority.class, json);
            case 'z' -> new Command.Restore(Pieces.unpack(new ByteArrayInputStream(json)));
            case 'Z' -> read(Command.RestorePiece.class, json);
            default -> throw unknown(bytes[1]);
        };
    }

    private static IllegalArgumentException unknown(byte kind) {
        return new IllegalArgumentException("a registry command of kind '" + (char) (kind & 0xff) + "' is unknown");
    }

    private static <T> T read(Class<T> type, byte[] json) {
        return Json.read(type, json, Json.Unknown.IGNORE);
    }

    private static byte[] bytes(char kind, byte[] body) {
        byte[] bytes = new byte[body.length + 2];
        bytes[0] = JSON;
        bytes[1] = (byte) kind;
        System.arraycopy(body, 0, bytes, 2, body.length);
        return bytes;
    }

    private static byte[] bytes(char kind, Record command) {
        return bytes(kind, Json.write(command));
    }

    private static byte[] plain(char kind, Consumer<FieldWriter> fields) {
        FieldWriter out = new FieldWriter(128);
        out.octet(KeyForms.VERSION);
        out.octet(kind);
        fields.accept(out);
        return out.toBytes();
    }
}

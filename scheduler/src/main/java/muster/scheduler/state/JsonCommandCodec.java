package muster.scheduler.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import muster.raft.CommandCodec;
import muster.wire.Json;

/** Commands as a version byte, the command's name, for a leader's an @ and its term, a newline and the command's JSON. */
public final class JsonCommandCodec implements CommandCodec<Command> {
    private static final byte VERSION = 1;

    private final Map<String, Class<? extends Command>> types = new HashMap<>();

    public JsonCommandCodec() {
        for (Class<?> type : Command.class.getPermittedSubclasses()) {
            types.put(type.getSimpleName(), type.asSubclass(Command.class));
        }
    }

    @Override
    public byte[] encode(Command command) {
        return command instanceof Command.OfLeader own ? bytes(own.command(), '@' + own.term()) : bytes(command, "");
    }

    private static byte[] bytes(Command command, String term) {
        byte[] name = (command.getClass().getSimpleName() + term + '\n').getBytes(StandardCharsets.UTF_8);
        byte[] json = Json.write(command);
        byte[] bytes = new byte[1 + name.length + json.length];
        bytes[0] = VERSION;
        System.arraycopy(name, 0, bytes, 1, name.length);
        System.arraycopy(json, 0, bytes, 1 + name.length, json.length);
        return bytes;
    }

    @Override
    public Command decode(byte[] bytes) {
        int end = 1;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        if (bytes.length == 0 || bytes[0] != VERSION) {
            throw new IllegalArgumentException("a scheduler command of version " + (bytes.length == 0 ? "none" : bytes[0])
                    + " can't be read, only " + VERSION);
        }
        if (end == bytes.length) {
            throw new IllegalArgumentException("a scheduler command has no name in its " + bytes.length + " bytes");
        }
        String head = new String(bytes, 1, end - 1, StandardCharsets.UTF_8);
        int at = head.indexOf('@');
        String name = at < 0 ? head : head.substring(0, at);
        Class<? extends Command> type = types.get(name);
        if (type == null) {
            throw new IllegalArgumentException("a scheduler command named \"" + name + "\" is unknown");
        }
        Command command = Json.read(type, Arrays.copyOfRange(bytes, end + 1, bytes.length), Json.Unknown.IGNORE);
        return at < 0 ? command : new Command.OfLeader(head.substring(at + 1), command);
    }
}

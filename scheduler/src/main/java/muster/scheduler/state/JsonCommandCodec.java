package muster.scheduler.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import muster.raft.CommandCodec;
import muster.wire.Json;

/** Commands as a version byte, the command's name, a newline and its JSON. */
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
        byte[] name = (command.getClass().getSimpleName() + '\n').getBytes(StandardCharsets.UTF_8);
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
        if (bytes.length == 0 || bytes[0] != VERSION || end == bytes.length) {
            throw new IllegalArgumentException("not a scheduler command of version " + VERSION);
        }
        String name = new String(bytes, 1, end - 1, StandardCharsets.UTF_8);
        Class<? extends Command> type = types.get(name);
        if (type == null) {
            throw new IllegalArgumentException("unknown scheduler command " + name);
        }
        return Json.read(type, Arrays.copyOfRange(bytes, end + 1, bytes.length), Json.Unknown.IGNORE);
    }
}

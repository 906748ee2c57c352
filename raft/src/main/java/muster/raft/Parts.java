package muster.raft;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All attached parts as one state that a log drives. It numbers the commands: an entry of the engine holds several, and the
 * engine has entries of its own, so the index is counted here, while applying, and kept in snapshots. A call that comes twice
 * is applied once.
 *
 * <p>A function of the entries alone. One thread applies, holds and restores; any thread may read the index.
 */
final class Parts {
    private final Map<String, Part<?, ?>> parts;
    private final SeenCalls calls = new SeenCalls();
    private volatile long index;

    Parts(Map<String, Part<?, ?>> parts) {
        this.parts = Map.copyOf(parts);
    }

    /** The index of the newest command applied and published. */
    long index() {
        return index;
    }

    /**
     * Applies an entry and publishes it; returns what became of its commands, nothing where the call was applied before.
     * After anything thrown the state can't be trusted.
     */
    List<Outcome> apply(SeenCalls.Writer writer, long call, byte[] entry) {
        if (!calls.isFirst(writer, call)) {
            return List.of();
        }
        List<EntryBytes.Written> commands = EntryBytes.read(entry);
        List<Outcome> outcomes = new ArrayList<>(commands.size());
        Set<Part<?, ?>> touched = new LinkedHashSet<>();
        long next = index;
        for (EntryBytes.Written command : commands) {
            next++;
            Part<?, ?> part = parts.get(command.part());
            if (part == null) {
                throw new IllegalStateException("the command at index " + next + " is for a part named " + command.part()
                        + " that this server does not run; run it with the parts it had, " + parts.keySet() + " are attached");
            }
            outcomes.add(part.apply(next, command.command()));
            touched.add(part);
        }
        for (Part<?, ?> part : touched) {
            part.machine().published(next);
        }
        index = next;
        return outcomes;
    }

    /** Tells all parts to publish what they restored. */
    void published() {
        parts.values().forEach(part -> part.machine().published(index));
    }

    /** A state of all parts that is written. */
    @FunctionalInterface
    interface Held {
        /** Writes the calls seen, and of each part its name and its state in {@link Chunks}. Once, on any thread. */
        void writeTo(DataOutputStream out) throws IOException;
    }

    /** The state as it is now, to be written beside what is applied later. */
    Held held() {
        byte[] seen = calls.bytes();
        Map<String, StateMachine.Held> states = new LinkedHashMap<>();
        parts.forEach((name, part) -> states.put(name, part.machine().held()));
        return out -> {
            out.write(seen);
            out.writeInt(states.size());
            for (Map.Entry<String, StateMachine.Held> state : states.entrySet()) {
                out.writeUTF(state.getKey());
                try (Chunks.Out chunks = new Chunks.Out(out)) {
                    state.getValue().writeTo(chunks);
                }
            }
        };
    }

    /**
     * Takes a state that {@link Held} wrote.
     *
     * @param at the index of the newest command in it
     * @param withCalls whether the calls were written, which the first version did not
     * @param file names the state in errors
     */
    void restore(DataInputStream in, long at, boolean withCalls, Path file) throws IOException {
        calls.clear();
        if (withCalls) {
            calls.restore(in);
        }
        Set<String> seen = new HashSet<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            String name = in.readUTF();
            Part<?, ?> part = parts.get(name);
            if (part == null || !seen.add(name)) {
                throw new DataFolderException("the snapshot " + file + " holds a part named " + name
                        + " that this server does not run" + (seen.contains(name) ? " twice" : "")
                        + "; run it with the parts it had, " + parts.keySet() + " are attached");
            }
            try (Chunks.In chunks = new Chunks.In(in)) {
                part.machine().restore(chunks);
            } catch (IOException | RuntimeException e) {
                throw new DataFolderException("the part " + name + " can't read its state in the snapshot " + file + ": "
                        + e.getMessage() + "; run the version that wrote it", e);
            }
        }
        index = at;
    }
}

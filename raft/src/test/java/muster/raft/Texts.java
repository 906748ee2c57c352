package muster.raft;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A part of the tests: its commands are texts, its state is all that was applied. */
final class Texts {
    static final CommandCodec<String> CODEC = new CommandCodec<>() {
        @Override
        public byte[] encode(String command) {
            return ("1" + command).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes) {
            return new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8);
        }
    };

    private Texts() {}

    /** Remembers what it was told; refuses commands that start with "bad", breaks on "error" and before publishing "unpublishable". */
    static class Recorder implements StateMachine<String, String> {
        final List<String> applied = Collections.synchronizedList(new ArrayList<>());
        final List<Long> published = Collections.synchronizedList(new ArrayList<>());

        @Override
        public String apply(long index, String command) {
            if (command.startsWith("bad")) {
                throw new IllegalArgumentException(command);
            }
            if (command.equals("error")) {
                throw new AssertionError("broken");
            }
            applied.add(index + ":" + command);
            return command.toUpperCase(Locale.ROOT);
        }

        @Override
        public void published(long index) {
            if (!applied.isEmpty() && applied.getLast().endsWith("unpublishable")) {
                throw new IllegalStateException("can't publish");
            }
            published.add(index);
        }

        @Override
        public Held held() {
            List<String> all = List.copyOf(applied);
            return stream -> {
                DataOutputStream out = new DataOutputStream(stream);
                out.writeInt(all.size());
                for (String line : all) {
                    out.writeUTF(line);
                }
                out.flush();
            };
        }

        @Override
        public void restore(InputStream stream) throws IOException {
            DataInputStream in = new DataInputStream(stream);
            applied.clear();
            int size = in.readInt();
            for (int i = 0; i < size; i++) {
                applied.add(in.readUTF());
            }
        }
    }
}

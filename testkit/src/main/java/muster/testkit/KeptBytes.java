package muster.testkit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import muster.wire.Json;

/**
 * Bytes as some version of the program wrote them, kept among the tests' resources, so that every later version is tried on them.
 * Beside {@code NAME.bin} stands {@code NAME.txt}, what the bytes mean: JSON documents, one a line. A later version may read more
 * from them, with fields that it added, but nothing else. With {@code -Dgolden.update=true} bytes that are not there yet are written
 * by today's program and the text is written again; bytes that are there are never changed: a new form gets a new name.
 */
public final class KeptBytes {
    private static final Path FOLDER = Path.of("src", "test", "resources", "kept");

    private KeptBytes() {}

    /**
     * Fails where the kept bytes do not mean what the text says.
     *
     * @param name of the files, without an ending
     * @param today writes the bytes, where none are kept
     * @param meaning reads them; each document as JSON
     */
    public static void check(String name, Supplier<byte[]> today, Function<byte[], List<byte[]>> meaning) {
        Path bytes = FOLDER.resolve(name + ".bin");
        Path text = FOLDER.resolve(name + ".txt");
        try {
            boolean update = Boolean.getBoolean("golden.update");
            if (update && !Files.exists(bytes)) {
                Files.createDirectories(FOLDER);
                Files.write(bytes, today.get());
            }
            List<byte[]> found = meaning.apply(Files.readAllBytes(bytes));
            if (update) {
                Files.write(text, found.stream().map(json -> Json.text(pruned(Json.parse(json)))).toList());
            }
            List<String> wanted = Files.readAllLines(text);
            if (wanted.size() != found.size()) {
                throw new AssertionError(bytes + " means " + found.size() + " things, it was " + wanted.size());
            }
            for (int i = 0; i < wanted.size(); i++) {
                compare(bytes + ", " + text.getFileName() + " line " + (i + 1), Json.parse(wanted.get(i)), Json.parse(found.get(i)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(bytes + " can't be compared", e);
        }
    }

    private static void compare(String where, Object wanted, Object found) {
        if (wanted instanceof Map<?, ?> fields && found instanceof Map<?, ?> now) {
            fields.forEach((name, value) -> compare(where + "." + name, value, now.get(name)));
        } else if (wanted instanceof List<?> before && found instanceof List<?> now && before.size() == now.size()) {
            for (int i = 0; i < before.size(); i++) {
                compare(where + "[" + i + "]", before.get(i), now.get(i));
            }
        } else if (!wanted.equals(found) && !(isNothing(wanted) && (found == null || isNothing(found)))) {
            throw new AssertionError(where + " was " + wanted + " and is read as " + found);
        }
    }

    /** Several records as one. */
    public static byte[] packed(List<byte[]> records) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (byte[] each : records) {
                out.writeInt(each.length);
                out.write(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written to", e);
        }
        return bytes.toByteArray();
    }

    /** What {@link #packed} packed. */
    public static List<byte[]> unpacked(byte[] packed) {
        List<byte[]> records = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed))) {
            while (in.available() > 0) {
                records.add(in.readNBytes(in.readInt()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("records that end too early", e);
        }
        return records;
    }

    /** Without what is absent, empty, zero or false. */
    private static Object pruned(Object tree) {
        return switch (tree) {
            case Map<?, ?> object -> {
                Map<String, Object> kept = new TreeMap<>();
                object.forEach((name, value) -> {
                    Object inner = pruned(value);
                    if (!isNothing(inner)) {
                        kept.put((String) name, inner);
                    }
                });
                yield kept;
            }
            case List<?> list -> list.stream().map(KeptBytes::pruned).toList();
            case null -> "";
            default -> tree;
        };
    }

    private static boolean isNothing(Object value) {
        return switch (value) {
            case Map<?, ?> object -> object.isEmpty();
            case List<?> list -> list.isEmpty();
            case String text -> text.isEmpty();
            case Boolean yes -> !yes;
            case Number number -> number.doubleValue() == 0;
            default -> false;
        };
    }
}

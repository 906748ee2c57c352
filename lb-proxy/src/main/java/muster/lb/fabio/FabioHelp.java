package muster.lb.fabio;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** What the command says about itself. */
public final class FabioHelp {
    private FabioHelp() {}

    /** The usage text: every flag with its default and what it does. */
    public static String text() {
        Map<String, String> texts = texts();
        StringBuilder out = new StringBuilder("""
                Usage: fabio [-cfg FILE|URL] [-NAME VALUE ...]

                Every name is a flag, a line NAME = VALUE of the file, and an environment variable FABIO_NAME with underscores for dots.
                Flags win over the environment, and that over the file.

                  -cfg FILE|URL
                        properties to read
                  -v, -version
                        print the version
                """);
        FabioKeys.all().forEach((name, key) -> {
            out.append("  -").append(name).append(' ').append(key.kind().toString().toLowerCase(java.util.Locale.ROOT)).append("\n        ");
            out.append(texts.getOrDefault(name, ""));
            if (!key.initial().isEmpty()) {
                out.append(" (default ").append(key.initial()).append(')');
            }
            out.append(key.isInert() ? " [no effect here]\n" : "\n");
        });
        return out.toString();
    }

    /** One sentence for each key. */
    static Map<String, String> texts() {
        Map<String, String> texts = new TreeMap<>();
        try (InputStream in = FabioHelp.class.getResourceAsStream("/muster/lb/fabio/properties.txt")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(line -> {
                int bar = line.indexOf('|');
                texts.put(line.substring(0, bar), line.substring(bar + 1));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }
}

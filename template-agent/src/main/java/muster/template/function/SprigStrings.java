package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.INT;
import static muster.template.language.Type.Basic.STRING;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.Adler32;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.GoText;
import muster.template.language.Value;

/** Sprig's less simple functions on text: cutting, cases, paths, encodings. */
final class SprigStrings {
    private static final String BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final String BASE_64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    static final List<Function> LIST = List.of(
            Function.of("sprig_untitle", List.of(STRING), a -> Value.text(untitle(a.text(0)))),
            Function.of("sprig_substr", List.of(INT, INT, STRING), a -> Value.text(substring(a.integer(0), a.integer(1), a.text(2)))),
            Function.of("sprig_trunc", List.of(INT, STRING), a -> Value.text(truncated(a.integer(0), a.text(1)))),
            Function.of("sprig_abbrev", List.of(INT, STRING), a -> Value.text(abbreviated(a.integer(0), a.text(1)))),
            Function.of("sprig_plural", List.of(STRING, STRING, INT), a -> Value.text(a.text(a.integer(2) == 1 ? 0 : 1))),
            Function.of("sprig_snakecase", List.of(STRING), a -> Value.text(joined(a.text(0), "_"))),
            Function.of("sprig_kebabcase", List.of(STRING), a -> Value.text(joined(a.text(0), "-"))),
            Function.of("sprig_camelcase", List.of(STRING), a -> Value.text(camelCase(a.text(0)))),
            Function.of("sprig_initials", List.of(STRING), a -> Value.text(Arrays.stream(a.text(0).strip().split("\\s+"))
                    .filter(word -> !word.isEmpty()).map(word -> word.substring(0, 1)).collect(Collectors.joining()))),
            Function.of("sprig_nospace", List.of(STRING), a -> Value.text(a.text(0).replaceAll("\\s", ""))),
            Function.of("sprig_wrap", List.of(INT, STRING), a -> Value.text(wrapped(a.integer(0), "\n", a.text(1)))),
            Function.of("sprig_wrapWith", List.of(INT, STRING, STRING), a -> Value.text(wrapped(a.integer(0), a.text(1), a.text(2)))),
            Function.of("sprig_split", List.of(STRING, STRING), a -> pieces(TextFunctions.splitExactly(a.text(0), a.text(1)))),
            Function.of("sprig_splitn", List.of(STRING, INT, STRING), a -> pieces(List.of(
                    a.text(2).split(Pattern.quote(a.text(0)), Math.clamp(a.integer(1), 0, 10_000))))),
            Function.of("sprig_b64enc", List.of(STRING), a -> Value.text(
                    Base64.getEncoder().encodeToString(GoText.bytes(a.text(0))))),
            Function.of("sprig_b64dec", List.of(STRING), a -> Value.text(decoded(a.text(0)))),
            Function.of("sprig_b32enc", List.of(STRING), a -> Value.text(base32(GoText.bytes(a.text(0))))),
            Function.of("sprig_adler32sum", List.of(STRING), a -> Value.text(adler32(a.text(0)))),
            Function.of("sprig_base", List.of(STRING), a -> Value.text(base(a.text(0)))),
            Function.of("sprig_dir", List.of(STRING), a -> Value.text(directory(a.text(0)))),
            Function.of("sprig_clean", List.of(STRING), a -> Value.text(clean(a.text(0)))),
            Function.of("sprig_ext", List.of(STRING), a -> Value.text(extension(a.text(0)))),
            Function.of("sprig_isAbs", List.of(STRING), a -> Value.bool(a.text(0).startsWith("/"))),
            Function.of("sprig_semverCompare", List.of(STRING, STRING), a -> Value.bool(Versions.satisfies(a.text(1), a.text(0)))),
            Function.variadic("sprig_hello", List.of(), ANY, a -> Value.text("Hello!")));

    private SprigStrings() {}

    private static String untitle(String text) {
        return Arrays.stream(text.split(" ", -1))
                .map(word -> word.isEmpty() ? word : TextFunctions.lower(word.substring(0, 1)) + word.substring(1))
                .collect(Collectors.joining(" "));
    }

    /** Positions count bytes; a negative start is the beginning, a negative or too large end is the end. */
    private static String substring(long start, long end, String text) {
        byte[] bytes = GoText.bytes(text);
        int to = end < 0 || end > bytes.length ? bytes.length : (int) end;
        int from = Math.clamp(start, 0, to);
        return GoText.of(Arrays.copyOfRange(bytes, from, to));
    }

    private static String truncated(long count, String text) {
        byte[] bytes = GoText.bytes(text);
        if (Math.abs(count) >= bytes.length) {
            return text;
        }
        return count >= 0 ? substring(0, count, text) : substring(bytes.length + count, -1, text);
    }

    private static String abbreviated(long width, String text) {
        if (width < 4 || GoText.length(text) <= width) {
            return text;
        }
        return substring(0, width - 3, text) + "...";
    }

    /** Words in small letters; a word ends before a capital that begins another. */
    private static String joined(String text, String separator) {
        return text.replaceAll("([a-z0-9])([A-Z])", "$1 $2").replaceAll("([A-Z]+)([A-Z][a-z])", "$1 $2")
                .strip().replaceAll("[\\s_-]+", separator).toLowerCase(Locale.ROOT);
    }

    private static String camelCase(String text) {
        return Arrays.stream(joined(text, "_").split("_"))
                .map(word -> word.isEmpty() ? word : TextFunctions.upper(word.substring(0, 1)) + word.substring(1))
                .collect(Collectors.joining());
    }

    private static String wrapped(long width, String lineBreak, String text) {
        StringBuilder out = new StringBuilder();
        int line = 0;
        for (String word : text.strip().split("\\s+")) {
            if (line > 0 && line + 1 + word.length() > width) {
                out.append(lineBreak);
                line = 0;
            } else if (line > 0) {
                out.append(' ');
                line++;
            }
            out.append(word);
            line += word.length();
        }
        return out.toString();
    }

    private static Value pieces(List<String> texts) {
        Map<String, String> pieces = new LinkedHashMap<>();
        texts.forEach(text -> pieces.put("_" + pieces.size(), text));
        return Value.textMap(pieces);
    }

    /** Sprig gives the error's text as the result. */
    private static String decoded(String text) {
        try {
            return EncodingFunctions.decode(text, BASE_64);
        } catch (FunctionException e) {
            return e.getMessage();
        }
    }

    private static String base32(byte[] bytes) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < bytes.length; i += 5) {
            long block = 0;
            int count = Math.min(5, bytes.length - i);
            for (int j = 0; j < 5; j++) {
                block = block << 8 | (j < count ? bytes[i + j] & 0xff : 0);
            }
            int digits = (count * 8 + 4) / 5;
            for (int j = 0; j < 8; j++) {
                out.append(j < digits ? BASE_32.charAt((int) (block >> 35 - 5 * j) & 31) : '=');
            }
        }
        return out.toString();
    }

    private static String adler32(String text) {
        Adler32 sum = new Adler32();
        sum.update(GoText.bytes(text));
        return Long.toString(sum.getValue());
    }

    private static String clean(String path) {
        String normal = Path.of(path).normalize().toString();
        return normal.isEmpty() ? path.startsWith("/") ? "/" : "." : normal;
    }

    private static String base(String path) {
        Path name = Path.of(path).getFileName();
        return name == null ? "/" : name.toString().isEmpty() ? "." : name.toString();
    }

    private static String directory(String path) {
        int slash = path.lastIndexOf('/');
        return clean(slash < 0 ? "" : path.substring(0, slash + 1));
    }

    private static String extension(String path) {
        int dot = path.lastIndexOf('.');
        return dot > path.lastIndexOf('/') ? path.substring(dot) : "";
    }
}

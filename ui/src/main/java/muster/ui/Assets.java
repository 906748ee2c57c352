package muster.ui;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import muster.http.Reply;

/**
 * The application's files. All of them share one address that holds the hash of their content, so that modules can import each other by
 * relative names, a browser may keep them for ever, and a new version is never mixed with an old one. Immutable; any thread may ask.
 */
final class Assets {
    /** How the application's addresses are written, and with it how the APIs are reached. */
    enum Addresses {
        /** As paths; APIs and the stream are below {@code /ui-api/}. */
        PATH,
        /** Behind {@code #}; the one API is asked for beside the page, and again and again. */
        HASH
    }

    private static final String FOLDER = "app/";
    /** The folder's files, one a line: a jar can't be listed. */
    private static final String LIST = "files.txt";
    private static final Map<String, String> TYPES = Map.of("js", "text/javascript; charset=utf-8", "mjs", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8", "svg", "image/svg+xml", "woff2", "font/woff2", "json", "application/json",
            "txt", "text/plain; charset=utf-8");
    /** Sets the theme before anything is drawn, and is no module. */
    private static final String CLASSIC_SCRIPT = "js/theme.js";
    private static final int HASH_LETTERS = 16;

    private final Map<String, Reply.Full> files = new LinkedHashMap<>();
    private final String hash;
    private final String page;

    private Assets() {
        MessageDigest digest = sha256();
        for (String name : text(LIST).lines().toList()) {
            byte[] content = bytes(name);
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update(content);
            files.put(name, Reply.of(200, TYPES.get(name.substring(name.lastIndexOf('.') + 1)), content)
                    .with("Cache-Control", "public, max-age=31536000, immutable")
                    .with("X-Content-Type-Options", "nosniff"));
        }
        hash = HexFormat.of().formatHex(digest.digest()).substring(0, HASH_LETTERS);
        page = text("index.html").replace("{{modules}}", modules());
    }

    /** Asks for all modules at once: found by their imports alone, they would come one layer after the other. */
    private String modules() {
        return files.keySet().stream().filter(name -> name.endsWith(".mjs") || name.endsWith(".js") && !name.equals(CLASSIC_SCRIPT))
                .map(name -> "<link rel=\"modulepreload\" href=\"{{assets}}/" + name + "\">").collect(Collectors.joining("\n"));
    }

    /** Reads all files; throws {@link IllegalStateException} when one of the list is missing from the program. */
    static Assets load() {
        return new Assets();
    }

    /** What is in the path of every file. */
    String hash() {
        return hash;
    }

    Optional<Reply.Full> file(String name) {
        return Optional.ofNullable(files.get(name));
    }

    /**
     * The one page, for an address.
     *
     * @param base the address below which the application's pages are, with its slash
     * @param home the part on which it opens
     */
    Reply.Full page(String base, Pages.Part home, Addresses addresses) {
        String filled = page.replace("{{base}}", base).replace("{{assets}}", base + "assets/" + hash)
                .replace("{{home}}", home.word()).replace("{{addresses}}", addresses.name().toLowerCase(java.util.Locale.ROOT));
        // The import map is the one inline element; it can't be a file, so the policy names its hash.
        int from = filled.indexOf("<script type=\"importmap\">") + "<script type=\"importmap\">".length();
        String map = filled.substring(from, filled.indexOf("</script>", from));
        String mapHash = Base64.getEncoder().encodeToString(sha256().digest(map.getBytes(StandardCharsets.UTF_8)));
        return Reply.of(200, "text/html; charset=utf-8", filled.getBytes(StandardCharsets.UTF_8))
                .with("Content-Security-Policy", "default-src 'none'; script-src 'self' 'sha256-" + mapHash + "'; style-src 'self';"
                        + " connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
                .with("X-Content-Type-Options", "nosniff")
                .with("Referrer-Policy", "no-referrer")
                .with("Cache-Control", "no-cache");
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String name) {
        try (InputStream in = Assets.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + FOLDER + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package muster.ui;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
    private static final String PAGES = "pages.txt";
    private static final Map<String, String> TYPES = Map.of("js", "text/javascript; charset=utf-8", "mjs", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8", "svg", "image/svg+xml", "woff2", "font/woff2", "json", "application/json",
            "txt", "text/plain; charset=utf-8");
    /** All styles in the order in which they count, as one file: five requests less before the first picture. */
    private static final String STYLES = "css/all.css";
    private static final List<String> JOINED = List.of("css/tokens.css", "css/frame.css", "css/parts.css", "css/pages.css", "vendor/uplot.css");
    private static final int HASH_LETTERS = 16;

    private final Map<String, Reply.Full> files = new LinkedHashMap<>();
    private final String hash;
    private final String page;
    private final Modules needed;

    private Assets() {
        MessageDigest digest = sha256();
        Map<String, String> modules = new LinkedHashMap<>();
        for (String name : text(LIST).lines().toList()) {
            byte[] content = bytes(name);
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update(content);
            put(name, content);
            if (name.endsWith(".js") || name.endsWith(".mjs")) {
                modules.put(name, new String(content, StandardCharsets.UTF_8));
            }
        }
        put(STYLES, JOINED.stream().map(Assets::text).collect(Collectors.joining("\n")).getBytes(StandardCharsets.UTF_8));
        hash = HexFormat.of().formatHex(digest.digest()).substring(0, HASH_LETTERS);
        page = text("index.html");
        needed = new Modules(modules, text(PAGES), page);
    }

    private void put(String name, byte[] content) {
        files.put(name, Reply.of(200, TYPES.get(name.substring(name.lastIndexOf('.') + 1)), content)
                .with("Cache-Control", "public, max-age=31536000, immutable")
                .with("X-Content-Type-Options", "nosniff"));
    }

    /** The files are the program's own, so that one reading serves every address; it begins when this class is first asked for. */
    private static final class Read {
        static final CompletableFuture<Assets> ONCE = CompletableFuture.supplyAsync(Assets::new, Thread.ofVirtual().name("ui-files")::start);
    }

    /**
     * The files, read by a thread of their own when somebody first asks for them: no start of a program waits for its pages. Fails with
     * {@link IllegalStateException} when one of the list is missing from the program.
     */
    static CompletableFuture<Assets> read() {
        return Read.ONCE;
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
    FirstPage page(String base, Pages.Part home, Addresses addresses) {
        return new FirstPage(page.replace("{{base}}", base).replace("{{assets}}", base + "assets/" + hash).replace("{{home}}", home.word())
                .replace("{{addresses}}", addresses.name().toLowerCase(java.util.Locale.ROOT)), base, base + "assets/" + hash + "/", home, needed);
    }

    static MessageDigest sha256() {
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

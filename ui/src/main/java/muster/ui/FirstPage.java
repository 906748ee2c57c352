package muster.ui;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Collectors;
import muster.http.Reply;

/**
 * The page with which the application begins at an address. It tells what the scripts would have to ask for first, and names all modules
 * that will be needed: found by their imports alone, they would come one layer after the other. Immutable; any thread may ask.
 */
final class FirstPage {
    private final String text;
    private final String base;
    private final String files;
    private final Pages.Part home;
    private final Modules needed;
    private final String policy;

    /**
     * @param text with {@code {{modules}}}, {@code {{parts}}}, {@code {{reads}}} and {@code {{datacenter}}} still in it
     * @param base the address below which the application's pages are, with its slash
     * @param files the address below which its files are, with its slash
     */
    FirstPage(String text, String base, String files, Pages.Part home, Modules needed) {
        this.text = text;
        this.base = base;
        this.files = files;
        this.home = home;
        this.needed = needed;
        // The import map is the one inline element; it can't be a file, so the policy names its hash.
        int from = text.indexOf("<script type=\"importmap\">") + "<script type=\"importmap\">".length();
        String map = text.substring(from, text.indexOf("</script>", from));
        String hash = Base64.getEncoder().encodeToString(Assets.sha256().digest(map.getBytes(StandardCharsets.UTF_8)));
        policy = "default-src 'none'; script-src 'self' 'sha256-" + hash + "'; style-src 'self';"
                + " connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    /**
     * @param path of the request
     * @param parts what is served at this address, as {@code registry=open scheduler=absent}
     * @param datacenter the registry's own, or "" where it is not known
     */
    Reply.Full at(String path, String parts, String datacenter) {
        String inside = (path.startsWith(base) ? path.substring(base.length()) : path).replaceAll("^/+", "");
        String modules = needed.of(inside, home.opensOn()).stream().map(name -> "<link rel=\"modulepreload\" href=\"" + files + name + "\">")
                .collect(Collectors.joining("\n"));
        String reads = needed.reads(inside, home.opensOn(), datacenter).stream()
                .filter(read -> parts.contains(read.substring(0, read.indexOf(':')) + "=open")).collect(Collectors.joining(" "));
        String filled = text.replace("{{modules}}", modules).replace("{{reads}}", attribute(reads)).replace("{{parts}}", attribute(parts)).replace("{{datacenter}}", attribute(datacenter));
        return Reply.of(200, "text/html; charset=utf-8", filled.getBytes(StandardCharsets.UTF_8))
                .with("Content-Security-Policy", policy)
                .with("X-Content-Type-Options", "nosniff")
                .with("Referrer-Policy", "no-referrer")
                .with("Cache-Control", "no-cache");
    }

    private static String attribute(String value) {
        return value.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
    }
}

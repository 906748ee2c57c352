package muster.ui;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;

/**
 * The pages below {@code /ui/}. Every address below it answers with the part's page, so that the originals' links work;
 * scripts and styles are files beside it. No request leaves the machine.
 */
public final class Pages {
    /** The part whose API serves the page. */
    public enum Part {
        REGISTRY("registry.html"), SCHEDULER("scheduler.html");

        private final String page;

        Part(String page) {
            this.page = page;
        }
    }

    private static final Map<String, String> TYPES = Map.of("html", "text/html; charset=utf-8", "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8");
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private Pages() {}

    /** Adds {@code /ui/} to an API. */
    public static void addTo(Routes routes, Part part) {
        routes.get("/ui/*rest", Handlers.direct(call -> page(call, part)));
    }

    private static Reply page(Call call, Part part) {
        String file = call.parameter("rest");
        boolean asset = file.matches("assets/[a-z]+\\.(js|css)");
        String name = asset ? file.substring("assets/".length()) : part.page;
        byte[] body = resource(name);
        if (body == null) {
            return Reply.text(404, "no page " + call.path());
        }
        String extension = name.substring(name.lastIndexOf('.') + 1);
        return Reply.of(200, TYPES.get(extension), body)
                .with("Content-Security-Policy", POLICY)
                .with("X-Content-Type-Options", "nosniff")
                .with("Cache-Control", "no-cache");
    }

    private static byte[] resource(String name) {
        try (InputStream in = Pages.class.getResourceAsStream(name)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A page as text, for tests. */
    static String text(String name) {
        return new String(resource(name), StandardCharsets.UTF_8);
    }
}

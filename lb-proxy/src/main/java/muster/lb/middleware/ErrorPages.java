package muster.lb.middleware;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Decision.RequestBody;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/** errors: for chosen statuses the body comes from a page of another service; the status stays, or becomes another chosen one. */
final class ErrorPages implements Middleware {
    private final Retry.StatusRanges statuses;
    private final Map<Retry.StatusRanges, Integer> rewrites = new LinkedHashMap<>();
    private final String service;
    private final String query;
    private final Surroundings surroundings;

    ErrorPages(Values options, Surroundings surroundings) {
        this.statuses = Retry.StatusRanges.of(options.texts("status"));
        options.textMap("statusRewrites").forEach((from, to) -> {
            if (!to.matches("[1-5][0-9]{2}")) {
                throw new IllegalArgumentException("statusRewrites: \"" + to + "\" is no status");
            }
            rewrites.put(Retry.StatusRanges.of(java.util.List.of(from)), Integer.parseInt(to));
        });
        this.service = options.text("service");
        this.query = options.text("query");
        this.surroundings = surroundings;
        if (service.isEmpty()) {
            throw new IllegalArgumentException("the service for the pages is not set");
        }
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        return Decisions.edited(next.handle(head), new ResponseEdit() {
            @Override
            public void edit(int status, HeaderList headers) {
                // answers that are no errors stay as they are
            }

            @Override
            public Optional<Decision> instead(int status, HeaderList headers) {
                return statuses.contains(status) ? page(head, status) : Optional.empty();
            }
        });
    }

    /** The page instead of the answer; empty while there is no such service, for an error is better than none. */
    private Optional<Decision> page(RequestHead head, int status) {
        int shown = rewrites.entrySet().stream().filter(rewrite -> rewrite.getKey().contains(status)).map(Map.Entry::getValue).findFirst().orElse(status);
        String uri = query.isEmpty() ? "/" : query.replace("{status}", "" + shown).replace("{originalStatus}", "" + status)
                .replace("{url}", URLEncoder.encode(head.uri(), StandardCharsets.UTF_8));
        HeaderList headers = head.headers().copy().remove("Content-Length").remove("Transfer-Encoding").remove("Expect")
                .remove("Upgrade").remove("Connection").remove("If-None-Match").remove("If-Modified-Since").remove("Range");
        RequestHead question = head.withMethod("GET").withUri(uri.startsWith("/") ? uri : "/" + uri).withHeaders(headers);
        return surroundings.services().apply(service).map(pages -> Decisions.edited(
                Decisions.map(pages.handle(question),
                        forward -> new Forward(forward.attempt(), forward.retry(), forward.edit(), RequestBody.of("GET", new byte[0])),
                        answer -> answer),
                new ResponseEdit() {
                    @Override
                    public void edit(int ignored, HeaderList own) {
                        // the page's headers are as good as any
                    }

                    @Override
                    public int status(int ignored) {
                        return shown;
                    }
                }));
    }
}

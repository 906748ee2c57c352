package muster.lb.fabio;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Failure;
import muster.lb.exchange.GunzipCoder;
import muster.lb.exchange.GzipCoder;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;

/**
 * What becomes of an answer on its way to the client: headers that the configuration asks for, compression, or unpacking where the proxy
 * itself asked for a compressed answer.
 *
 * @param unpacks whether the client named no encoding and the proxy asked for gzip
 * @param cookie a Set-Cookie line to add
 * @param onFailure what to do when the last attempt failed
 */
record AnswerEdit(
        FabioConfig.Proxy config, RequestHead head, boolean unpacks, List<Authorization.Added> added, Optional<String> cookie,
        Function<Failure, Optional<Decision>> onFailure) implements Decision.ResponseEdit {
    @Override
    public void edit(int status, HeaderList headers) {
        if (head.peer().isTls() && !config.headers().strictTransport().isEmpty()) {
            headers.set("Strict-Transport-Security", config.headers().strictTransport());
        }
        if (config.gzipTypes().isPresent() && status != 101) {
            headers.add("Vary", "Accept-Encoding");
        }
        added.forEach(one -> one.addTo(headers));
        cookie.ifPresent(line -> headers.add("Set-Cookie", line));
    }

    @Override
    public Optional<Decision> failed(Failure failure) {
        return onFailure.apply(failure);
    }

    @Override
    public Optional<BodyCoder> coder(int status, HeaderList headers) {
        Optional<String> encoding = headers.first("Content-Encoding");
        if (unpacks && encoding.map("gzip"::equalsIgnoreCase).orElse(false)) {
            headers.remove("Content-Encoding").remove("Content-Length");
            return Optional.of(new GunzipCoder());
        }
        boolean isWanted = config.gzipTypes().isPresent() && encoding.isEmpty() && status != 206
                && config.gzipTypes().get().matcher(headers.first("Content-Type").orElse("")).find()
                && acceptsGzip(head.headers());
        if (!isWanted) {
            return Optional.empty();
        }
        headers.set("Content-Encoding", "gzip").remove("Content-Length");
        return Optional.of(new GzipCoder());
    }

    /** RFC 9110, section 12.5.3: named, or meant by the asterisk, and not refused by a weight of 0. */
    static boolean acceptsGzip(HeaderList headers) {
        boolean isAccepted = false;
        for (String member : headers.members("Accept-Encoding")) {
            String[] parts = member.split(";");
            String name = parts[0].strip();
            if (name.equalsIgnoreCase("gzip") || name.equalsIgnoreCase("x-gzip") || name.equals("*")) {
                boolean isRefused = parts.length > 1 && parts[1].replace(" ", "").matches("[qQ]=0(\\.0*)?");
                if (!name.equals("*")) {
                    return !isRefused;
                }
                isAccepted = !isRefused;
            }
        }
        return isAccepted;
    }
}

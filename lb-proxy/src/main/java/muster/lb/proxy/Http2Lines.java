package muster.lb.proxy;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Locale;
import java.util.Map;
import muster.lb.exchange.HeaderList;

/** Header lines between HTTP/2's form and that of a {@link HeaderList}. Pure. */
final class Http2Lines {
    private Http2Lines() {}

    /**
     * The lines that are not pseudo headers, names in canonical form, cookies joined (RFC 9113, section 8.2.3). Throws when a line could not be
     * one of HTTP/1.
     */
    static HeaderList read(Http2Headers from) throws BadMessage {
        HeaderList lines = new HeaderList();
        StringBuilder cookies = null;
        for (Map.Entry<CharSequence, CharSequence> line : from) {
            CharSequence name = line.getKey();
            if (name.length() > 0 && name.charAt(0) == ':') {
                continue;
            }
            if (!RequestRules.isCleanLine(name, line.getValue())) {
                throw new BadMessage(400, "malformed header line");
            }
            String value = line.getValue().toString();
            if (AsciiString.contentEquals(name, "cookie")) {
                cookies = cookies == null ? new StringBuilder(value) : cookies.append("; ").append(value);
            } else {
                lines.add(HeaderList.canonical(name.toString()), value);
            }
        }
        if (cookies != null) {
            lines.add("Cookie", cookies.toString());
        }
        return lines;
    }

    /** Appends the lines, names in lower case, those of HTTP/1's framing and connections left out. */
    static Http2Headers write(HeaderList from, Http2Headers to) {
        for (int i = 0; i < from.size(); i++) {
            String name = from.name(i).toLowerCase(Locale.ROOT);
            switch (name) {
                case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "host" -> { }
                case "te" -> {
                    if (from.value(i).equalsIgnoreCase("trailers")) {
                        to.add(name, "trailers");
                    }
                }
                default -> {
                    if (!RequestRules.isCleanLine(name, from.value(i))) {
                        throw new IllegalArgumentException("a header line that can't be sent: " + name);
                    }
                    to.add(name, from.value(i));
                }
            }
        }
        return to;
    }

    static Http2Headers trailers(HeaderList from) {
        return write(from, new DefaultHttp2Headers(false));
    }
}

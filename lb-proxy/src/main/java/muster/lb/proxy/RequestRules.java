package muster.lb.proxy;

import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.HttpVersion;
import muster.lb.exchange.RequestHead;

/**
 * Which requests are refused before anybody decides about them: those that two servers could read in two ways (RFC 9112, sections 3.2 and
 * 6.1), and those that ask for what a proxy of this kind does not do. Pure.
 *
 * <p>The path goes on byte for byte as it came; it is matched percent-decoded. What would make these two differ in meaning is refused:
 * a bad escape, an encoded NUL, a backslash, and dot segments (plain or encoded) that climb above the root.
 */
final class RequestRules {
    private RequestRules() {}

    /** The head as a value. Throws {@link BadMessage} when it is refused. */
    static RequestHead head(MessageHead message, RequestHead.Peer peer) throws BadMessage {
        String uri = message.target;
        String host = message.host;
        if (message.hosts > 1) {
            throw new BadMessage(400, "too many Host headers");
        }
        if (message.hosts == 0 && message.version == HttpVersion.HTTP_1_1) {
            throw new BadMessage(400, "missing required Host header");
        }
        if (message.method.equals("CONNECT")) {
            throw new BadMessage(405, "CONNECT is not served");
        }
        if (uri.charAt(0) != '/' && !uri.equals("*")) {
            int start = uri.regionMatches(true, 0, "http://", 0, 7) ? 7 : uri.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
            if (start < 0) {
                throw new BadMessage(400, "the request target is neither a path nor a URL");
            }
            int end = start;
            while (end < uri.length() && "/?".indexOf(uri.charAt(end)) < 0) {
                end++;
            }
            host = uri.substring(start, end);
            uri = end == uri.length() ? "/" : uri.charAt(end) == '/' ? uri.substring(end) : "/" + uri.substring(end);
            if (host.isEmpty()) {
                throw new BadMessage(400, "a URL without a host");
            }
        } else if (uri.equals("*") && !message.method.equals("OPTIONS")) {
            throw new BadMessage(400, "the request target * is for OPTIONS");
        }
        check(host, uri);
        if (!message.expect.isEmpty() && !message.expect.equalsIgnoreCase("100-continue")) {
            throw new BadMessage(417, "");
        }
        if (message.saysUpgrade && message.hasBody() && message.upgrade.equalsIgnoreCase("websocket")) {
            throw new BadMessage(400, "an upgrade with a body");
        }
        return new RequestHead(message.method, uri, host, message.headers, peer, message.version);
    }

    /** Host and request target, of whatever version of HTTP. */
    static void check(String host, String uri) throws BadMessage {
        if (!isCleanHost(host)) {
            throw new BadMessage(400, "malformed Host header");
        }
        if (uri.indexOf('%') >= 0 || uri.indexOf('.') >= 0 || uri.indexOf('\\') >= 0) {
            checkPath(uri);
        }
    }

    private static void checkPath(String uri) throws BadMessage {
        int query = uri.indexOf('?');
        int end = query < 0 ? uri.length() : query;
        StringBuilder plain = new StringBuilder(end);
        for (int i = 0; i < end; i++) {
            char c = uri.charAt(i);
            if (c == '%') {
                int high = i + 2 < end ? Character.digit(uri.charAt(i + 1), 16) : -1;
                int low = i + 2 < end ? Character.digit(uri.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw new BadMessage(400, "malformed percent-encoding");
                }
                c = (char) (high << 4 | low);
                i += 2;
                if (c == 0) {
                    throw new BadMessage(400, "an encoded NUL");
                }
            }
            if (c == '\\') {
                throw new BadMessage(400, "a backslash in the path");
            }
            plain.append(c);
        }
        int depth = 0;
        for (String segment : plain.toString().split("/")) {
            depth += segment.equals("..") ? -1 : segment.isEmpty() || segment.equals(".") ? 0 : 1;
            if (depth < 0) {
                throw new BadMessage(400, "a path above the root");
            }
        }
    }

    private static boolean isCleanHost(String host) {
        int bracket = host.startsWith("[") ? host.indexOf(']') : -1;
        if (host.startsWith("[") && bracket < 0) {
            return false;
        }
        int colon = host.indexOf(':', bracket + 1);
        int end = colon < 0 ? host.length() : colon;
        for (int i = 0; i < end; i++) {
            char c = host.charAt(i);
            boolean isPlain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~!$&'()*+,;=%".indexOf(c) >= 0;
            if (!isPlain && !(i <= bracket && (c == ':' || c == '[' && i == 0 || c == ']' && i == bracket))) {
                return false;
            }
        }
        if (bracket >= 0 && end != bracket + 1) {
            return false;
        }
        for (int i = end + 1; i < host.length(); i++) {
            if (host.charAt(i) < '0' || host.charAt(i) > '9') {
                return false;
            }
        }
        return host.length() - end <= 6;
    }

    /** The answer to a message that was refused. */
    static Answer answer(BadMessage refused) {
        if (refused.status() == 417) {
            return Answer.empty(417);
        }
        String reason = refused.status() + " " + Reasons.of(refused.status());
        String why = refused.getMessage().isEmpty() ? reason : reason + ": " + refused.getMessage();
        Answer answer = Answer.text(refused.status(), why);
        return refused.status() == 405 ? new Answer(405, answer.headers().add("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS"), answer.body()) : answer;
    }

    /** Whether header lines from HTTP/2 may go on as lines of HTTP/1 (RFC 9113, section 8.2.1). */
    static boolean isCleanLine(CharSequence name, CharSequence value) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7f || c >= 'A' && c <= 'Z' || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
                return false;
            }
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f || c > 0xff) {
                return false;
            }
        }
        return name.length() > 0;
    }
}

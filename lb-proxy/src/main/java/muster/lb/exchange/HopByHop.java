package muster.lb.exchange;

import java.util.List;

/** Headers that are meant for one connection only (RFC 9110, section 7.6.1). */
public final class HopByHop {
    private static final List<String> NAMES = List.of("Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate",
            "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade");

    private HopByHop() {}

    /**
     * The lines that may go on, their names in canonical form: without hop-by-hop headers and those that Connection names.
     * {@code TE: trailers} is kept.
     */
    public static HeaderList forwardable(HeaderList headers) {
        List<String> named = headers.members("Connection");
        boolean takesTrailers = headers.hasMember("Te", "trailers");
        HeaderList kept = new HeaderList();
        headers.forEach((name, value) -> {
            if (!isIn(NAMES, name) && !isIn(named, name)) {
                kept.add(HeaderList.canonical(name), value);
            }
        });
        if (takesTrailers) {
            kept.add("Te", "trailers");
        }
        return kept;
    }

    private static boolean isIn(List<String> names, String name) {
        for (String other : names) {
            if (other.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }
}

package muster.lb.exchange;

import java.util.List;

/** Headers that are meant for one connection only (RFC 9110, section 7.6.1). */
public final class HopByHop {
    private static final List<String> NAMES = List.of("Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate",
            "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade");

    private HopByHop() {}

    /** As {@link #forwardable}, of an answer, whose names keep their letters. */
    public static HeaderList forwardableAnswer(HeaderList headers) {
        return kept(headers, false);
    }

    /**
     * The lines of a request that may go on, their names in canonical form: without hop-by-hop headers and those that Connection names.
     * {@code TE: trailers} is kept.
     */
    public static HeaderList forwardable(HeaderList headers) {
        HeaderList kept = kept(headers, true);
        return headers.hasMember("Te", "trailers") ? kept.add("Te", "trailers") : kept;
    }

    private static HeaderList kept(HeaderList headers, boolean isCanonical) {
        List<String> named = headers.members("Connection");
        HeaderList kept = new HeaderList();
        headers.forEach((name, value) -> {
            if (!isIn(NAMES, name) && !isIn(named, name)) {
                kept.add(isCanonical ? HeaderList.canonical(name) : name, value);
            }
        });
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

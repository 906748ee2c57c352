package muster.lb.exchange;

import java.util.List;

/** Headers that are meant for one connection only (RFC 9110, section 7.6.1). */
public final class HopByHop {
    /** For what those add who pass the lines on. */
    private static final int ROOM = 8;

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
        HeaderList kept = new HeaderList(headers.size() + ROOM);
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            if (!isHopByHop(name) && (named.isEmpty() || !isIn(named, name))) {
                kept.add(isCanonical ? HeaderList.canonical(name) : name, headers.value(i));
            }
        }
        return kept;
    }

    /** Told by length first, which settles nearly all names. */
    private static boolean isHopByHop(String name) {
        return switch (name.length()) {
            case 2 -> name.equalsIgnoreCase("Te");
            case 7 -> name.equalsIgnoreCase("Trailer") || name.equalsIgnoreCase("Upgrade");
            case 10 -> name.equalsIgnoreCase("Connection") || name.equalsIgnoreCase("Keep-Alive");
            case 16 -> name.equalsIgnoreCase("Proxy-Connection");
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding");
            case 18 -> name.equalsIgnoreCase("Proxy-Authenticate");
            case 19 -> name.equalsIgnoreCase("Proxy-Authorization");
            default -> false;
        };
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

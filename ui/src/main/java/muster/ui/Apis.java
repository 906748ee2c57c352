package muster.ui;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import muster.http.Dispatcher;

/**
 * The public APIs of one process, by part. Parts come while the process starts, so what is there is looked up at each call.
 * Any thread may call.
 */
public final class Apis {
    private record Open(String host, Dispatcher api) {}

    private final Map<Pages.Part, Open> open = new ConcurrentSkipListMap<>();

    /** @param host the address at which the part itself listens */
    public void add(Pages.Part part, String host, Dispatcher api) {
        open.put(part, new Open(host, api));
    }

    /**
     * The API of a part, for a page served at an address. A part that listens on loopback alone, or on another network, is not opened to
     * those who reach the page: the page's address has to be the part's, unless the part listens everywhere.
     */
    Optional<Dispatcher> reachable(Pages.Part part, String pageHost) {
        Open found = open.get(part);
        return found != null && (found.host().equals(pageHost) || isAny(found.host())) ? Optional.of(found.api()) : Optional.empty();
    }

    /** Whether this process runs the part, reachable or not. */
    boolean runs(Pages.Part part) {
        return open.containsKey(part);
    }

    private static boolean isAny(String host) {
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    }
}

package muster.scheduler.client;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The API of the agent that a client is part of.
 *
 * @param address {@code host:port} at which others reach it
 * @param tls whether it speaks TLS there
 * @param inside {@code host:port} at which this process reaches it without TLS
 * @param headers that its own requests there carry
 */
public record OwnApi(String address, boolean tls, String inside, Map<String, String> headers) {
    public OwnApi {
        headers = Map.copyOf(headers);
    }

    /** One without TLS, which this process reaches as all others do. */
    public static OwnApi plain(String address) {
        return new OwnApi(address, false, address, Map.of());
    }

    /** With one that a single request carries. */
    Map<String, String> headersWith(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return all;
    }

    /** What opens it never reaches a log. */
    @Override
    public String toString() {
        return "OwnApi[" + address + "]";
    }
}

package muster.template.source;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import muster.template.dependency.ApiDependency;

/** Consul's further APIs and Nomad's: reads that wait at the server until there is something new. */
public final class BlockingSource implements Source {
    /** Of answers that have no index. */
    private static final Duration POLL = Duration.ofSeconds(15);
    /** At most one answer in this time for each dependency. */
    private static final Duration LEAST = Duration.ofMillis(100);

    /**
     * How the API is reached.
     *
     * @param system its name, for messages
     * @param headers for each request, such as the token's
     * @param waitTime how long a read may wait at the server
     * @param defaults parameters for reads that do not name them, such as the namespace
     */
    public record Settings(String system, String address, Optional<SSLContext> tls, Map<String, String> headers, Duration waitTime,
            Map<String, String> defaults, Retry retry) {
        /** Never shows the token. */
        @Override
        public String toString() {
            return "Settings[system=" + system + ", address=" + address + "]";
        }
    }

    private final Settings settings;
    private final JsonApi api;
    private final Followers followers;

    /** The randomness must be safe for threads. */
    public BlockingSource(Settings settings, RandomGenerator random) {
        this.settings = settings;
        this.api = new JsonApi(settings.system(), settings.address(), settings.tls(), settings::headers);
        this.followers = new Followers(settings.retry(), random);
    }

    @Override
    public AutoCloseable follow(ApiDependency dependency, Receiver receiver) {
        if (!(dependency instanceof ApiDependency.Read read)) {
            throw new IllegalArgumentException(dependency + " is nothing that " + settings.system() + " answers");
        }
        long[] index = {0};
        return followers.start(dependency, receiver, () -> {
            JsonApi.Answer answer;
            try {
                answer = api.get(request(read, index[0]), index[0] == 0 ? Duration.ZERO : settings.waitTime());
            } catch (ApiException e) {
                index[0] = 0;
                if (e.status() == 403 && read.name().startsWith("nomad.var.list")) {
                    receiver.answered(Optional.empty());
                    return POLL;
                }
                throw e;
            }
            receiver.answered(answer.json());
            boolean back = Long.compareUnsigned(answer.index(), index[0]) < 0;
            index[0] = back ? 0 : answer.index();
            return answer.index() == 0 ? POLL : LEAST;
        });
    }

    private String request(ApiDependency.Read read, long index) {
        SortedMap<String, String> parameters = new TreeMap<>(settings.defaults());
        parameters.putAll(read.parameters());
        if (index != 0) {
            parameters.put("index", Long.toUnsignedString(index));
            parameters.put("wait", settings.waitTime().toMillis() + "ms");
        }
        StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
        parameters.forEach((name, value) -> query.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return read.path() + query;
    }

    @Override
    public void close() {
        api.close();
    }
}

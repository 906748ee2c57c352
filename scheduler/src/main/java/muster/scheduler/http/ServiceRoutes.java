package muster.scheduler.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Writer;
import muster.scheduler.state.Command;
import muster.scheduler.state.NativeService;
import muster.scheduler.state.State;
import muster.scheduler.state.Topic;

/** Services that the scheduler's own state lists (API page: services). */
final class ServiceRoutes {
    private static final String MANY = "/v1/services";
    private static final String ONE = "/v1/service/*rest";

    private final Answers answers;
    private final Writer writer;

    ServiceRoutes(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
    }

    void add(Routes routes) {
        routes.get(MANY, Handlers.blocking(this::list));
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, ONE, Handlers.blocking(this::one));
        }
    }

    private Reply list(Call call) {
        Predicate<String> visible = answers.visible(call, Capability.READ_JOB);
        return answers.read(call, Topic.SERVICES, Topic.SERVICES, state -> {
            Map<String, Map<String, TreeSet<String>>> tags = new TreeMap<>();
            for (NativeService service : state.services().values()) {
                if (visible.test(service.namespace())) {
                    tags.computeIfAbsent(service.namespace(), n -> new TreeMap<>())
                            .computeIfAbsent(service.serviceName(), n -> new TreeSet<>())
                            .addAll(service.tags() == null ? List.of() : service.tags());
                }
            }
            List<Object> namespaces = new ArrayList<>();
            tags.forEach((namespace, services) -> {
                List<Object> stubs = new ArrayList<>();
                services.forEach((name, all) -> stubs.add(new TreeMap<>(Map.of("ServiceName", name, "Tags", List.copyOf(all)))));
                namespaces.add(new TreeMap<>(Map.of("Namespace", namespace, "Services", stubs)));
            });
            return namespaces;
        });
    }

    private Reply one(Call call) {
        String[] parts = call.parameter("rest").split("/", -1);
        if (parts.length > 2) {
            throw new ApiException(400, "invalid URI");
        }
        if (parts.length == 2) {
            Answers.method(call, "DELETE");
            return delete(call, parts[1]);
        }
        if (parts[0].isEmpty()) {
            throw new ApiException(400, "missing service name");
        }
        String namespace = answers.allowed(call, Capability.READ_JOB);
        String choose = call.query("choose");
        return answers.read(call, Topic.service(namespace, parts[0]), Topic.SERVICES, state -> choose.isEmpty()
                ? Listing.byName(call, state.servicesOf(namespace, parts[0]), NativeService::id, Listing.SERVICE, service -> service)
                : chosen(state.servicesOf(namespace, parts[0]), choose));
    }

    /** In the order of their ids. */
    static List<NativeService> of(State state, Predicate<NativeService> wanted) {
        return state.services().values().stream().filter(wanted).toList();
    }

    private Reply delete(Call call, String id) {
        if (id.isEmpty()) {
            throw new ApiException(400, "missing service id");
        }
        NativeService service = writer.state().services().get(id);
        answers.caller(call).require(Permission.in(service == null ? Answers.namespace(call) : service.namespace(), Capability.SUBMIT_JOB));
        if (service == null) {
            throw new ApiException(404, "service registration not found");
        }
        long index = writer.write(new Command.DeregisterServices(List.of(id))).index();
        return Reply.empty(200).with("X-Nomad-Index", Long.toString(index));
    }

    /** Of {@code COUNT|KEY}: that many instances, for the same key mostly the same ones while others come and go (rendezvous hashing). */
    private static List<NativeService> chosen(List<NativeService> services, String choose) {
        String[] parts = choose.split("\\|", -1);
        int count = parts.length == 2 && parts[0].matches("\\d{1,9}") ? Integer.parseInt(parts[0]) : 0;
        if (count == 0 || parts[1].isEmpty()) {
            throw new ApiException(400, "bad request");
        }
        return services.stream().sorted(Comparator.comparing((NativeService service) -> hash(parts[1] + service.id())))
                .limit(count).toList();
    }

    private static String hash(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

package muster.registry.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import muster.wire.Json;
import muster.wire.JsonException;
import muster.wire.Key;

/**
 * Definitions of services and checks as clients and configuration files write them. Pure. Field names match in any letter
 * case and in the snake case of configuration files. (Consul HTTP API: agent/service/register, agent/check/register)
 */
final class Bodies {
    /** Fields whose keys are the user's own words. */
    private static final List<String> FREE = List.of("meta", "header", "config");

    private Bodies() {}

    record ServiceBody(
            String kind,
            @Key("ID") String id,
            String name,
            List<String> tags,
            String address,
            Map<String, TaggedAddressBody> taggedAddresses,
            Map<String, String> meta,
            int port,
            Optional<WeightsBody> weights,
            boolean enableTagOverride,
            Optional<CheckBody> check,
            List<CheckBody> checks,
            Optional<ProxyBody> proxy,
            Optional<ConnectBody> connect,
            String token,
            String namespace) {
        ServiceBody {
            kind = kind == null ? "" : kind;
            id = id == null ? "" : id;
            name = name == null ? "" : name;
            tags = tags == null ? List.of() : tags;
            address = address == null ? "" : address;
            taggedAddresses = taggedAddresses == null ? Map.of() : taggedAddresses;
            meta = meta == null ? Map.of() : meta;
            checks = checks == null ? List.of() : checks;
            token = token == null ? "" : token;
        }
    }

    record TaggedAddressBody(String address, int port) {
        TaggedAddressBody {
            address = address == null ? "" : address;
        }
    }

    record WeightsBody(int passing, int warning) {}

    record ConnectBody(@Key("Native") boolean isNative, Object sidecarService) {}

    record ProxyBody(
            String destinationServiceName,
            @Key("DestinationServiceID") String destinationServiceId,
            String localServiceAddress,
            int localServicePort,
            Map<String, Object> config,
            List<UpstreamBody> upstreams,
            MeshGatewayBody meshGateway,
            Object expose) {
        ProxyBody {
            upstreams = upstreams == null ? List.of() : upstreams;
        }
    }

    record UpstreamBody(
            String destinationType,
            String destinationName,
            String datacenter,
            String localBindAddress,
            int localBindPort,
            Map<String, Object> config,
            MeshGatewayBody meshGateway) {}

    record MeshGatewayBody(String mode) {}

    record CheckBody(
            @Key("ID") String id,
            @Key("CheckID") String checkId,
            String name,
            String notes,
            @Key("ServiceID") String serviceId,
            String status,
            List<String> args,
            List<String> scriptArgs,
            @Key("DockerContainerID") String dockerContainerId,
            String shell,
            @Key("HTTP") String http,
            Map<String, List<String>> header,
            String method,
            String body,
            boolean disableRedirects,
            @Key("TCP") String tcp,
            @Key("GRPC") String grpc,
            @Key("GRPCUseTLS") boolean grpcUseTls,
            @Key("TLSSkipVerify") boolean tlsSkipVerify,
            String aliasNode,
            String aliasService,
            Duration interval,
            Duration timeout,
            @Key("TTL") Duration ttl,
            int successBeforePassing,
            int failuresBeforeWarning,
            int failuresBeforeCritical,
            Duration deregisterCriticalServiceAfter,
            int outputMaxSize,
            String token,
            String namespace) {
        CheckBody {
            id = id == null ? "" : id;
            checkId = checkId == null ? "" : checkId;
            name = name == null ? "" : name;
            notes = notes == null ? "" : notes;
            serviceId = serviceId == null ? "" : serviceId;
            status = status == null ? "" : status;
            args = args == null ? List.of() : args;
            scriptArgs = scriptArgs == null ? List.of() : scriptArgs;
            dockerContainerId = dockerContainerId == null ? "" : dockerContainerId;
            shell = shell == null ? "" : shell;
            http = http == null ? "" : http;
            header = header == null ? Map.of() : header;
            method = method == null ? "" : method;
            body = body == null ? "" : body;
            tcp = tcp == null ? "" : tcp;
            grpc = grpc == null ? "" : grpc;
            aliasNode = aliasNode == null ? "" : aliasNode;
            aliasService = aliasService == null ? "" : aliasService;
            interval = interval == null ? Duration.ZERO : interval;
            timeout = timeout == null ? Duration.ZERO : timeout;
            ttl = ttl == null ? Duration.ZERO : ttl;
            deregisterCriticalServiceAfter =
                    deregisterCriticalServiceAfter == null ? Duration.ZERO : deregisterCriticalServiceAfter;
        }

        /** The program and its arguments, under either name. */
        List<String> command() {
            return args.isEmpty() ? scriptArgs : args;
        }
    }

    record CheckUpdateBody(String status, String output) {
        CheckUpdateBody {
            status = status == null ? "" : status;
            output = output == null ? "" : output;
        }
    }

    /** Reads a request's body. Throws {@link RefusedException} with the original's text. */
    static <T> T read(Class<T> type, byte[] body) {
        try {
            return fromTree(type, Json.parse(body));
        } catch (JsonException e) {
            throw new RefusedException(400, "Request decode failed: " + e.getMessage());
        }
    }

    /** Reads a tree, as configuration gives it. Throws {@link JsonException}. */
    static <T> T fromTree(Class<T> type, Object tree) {
        T body = Json.read(type, camel(tree), Json.Unknown.REFUSE);
        if (body == null) {
            throw new JsonException("EOF");
        }
        return body;
    }

    /** Field names without their underscores, as {@code tagged_addresses} for {@code TaggedAddresses}. */
    private static Object camel(Object tree) {
        return switch (tree) {
            case Map<?, ?> map -> {
                Map<String, Object> renamed = new LinkedHashMap<>();
                map.forEach((key, value) -> {
                    String name = String.valueOf(key).replace("_", "");
                    String folded = name.toLowerCase(Locale.ROOT);
                    Object inner = FREE.contains(folded) ? value
                            : folded.equals("taggedaddresses") && value instanceof Map<?, ?> addresses ? values(addresses)
                            : camel(value);
                    renamed.put(name, inner);
                });
                yield renamed;
            }
            case List<?> list -> camelAll(list);
            case null -> null;
            default -> tree;
        };
    }

    /** Lists may hold nulls. */
    private static List<Object> camelAll(List<?> list) {
        List<Object> renamed = new ArrayList<>();
        list.forEach(item -> renamed.add(camel(item)));
        return renamed;
    }

    private static Map<String, Object> values(Map<?, ?> map) {
        Map<String, Object> renamed = new LinkedHashMap<>();
        map.forEach((key, value) -> renamed.put(String.valueOf(key), camel(value)));
        return renamed;
    }
}

package muster.template.function;

import static muster.template.language.Type.Basic.STRING;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import muster.template.language.Function;
import muster.template.language.GoText;
import muster.template.language.Type;
import muster.template.language.Value;

/** JSON answers of Nomad, Vault and Consul as the values that consul-template shows. */
final class ApiValues {
    /** A JSON number as it was written. */
    static final Type.Named NUMBER = new Type.Named("json.Number");
    static final Type.Named METADATA = new Type.Named("*dependency.NomadVarMeta");
    static final Type.Named NOMAD_SNIPPET = new Type.Named("*dependency.NomadServicesSnippet");
    static final Type.Named NOMAD_SERVICE = new Type.Named("*dependency.NomadService");
    static final Type.Named CA_ROOT = new Type.Named("*api.CARoot");
    static final Type.Named CA_LEAF = new Type.Named("*api.LeafCert");
    private static final Type.Named ITEM = new Type.Named("dependency.NomadVarItem");
    private static final Type.Named TUPLE = new Type.Named("dependency.NomadVarTuple");
    private static final Type.Named SECRET = new Type.Named("*dependency.Secret");
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN [^-]+-----.*?-----END [^-]+-----\\n?", Pattern.DOTALL);

    private ApiValues() {}

    /** A member of a JSON object, null if there is none. */
    static Object field(Object json, String name) {
        return json instanceof Map<?, ?> map ? map.get(name) : null;
    }

    static String text(Object json) {
        return json == null ? "" : json.toString();
    }

    static List<String> texts(Object json) {
        return json instanceof List<?> list ? list.stream().map(ApiValues::text).toList() : List.of();
    }

    static List<Object> items(Optional<Object> json) {
        return json.orElse(null) instanceof List<?> list ? new ArrayList<>(list) : List.of();
    }

    private static long number(Object json) {
        return json instanceof Number number ? number.longValue() : 0;
    }

    /** Any JSON; numbers keep their text, objects are maps. */
    static Value of(Object json) {
        return switch (json) {
            case null -> Value.NIL;
            case Boolean bool -> Value.bool(bool);
            case String text -> Value.text(text);
            case BigDecimal number -> number(number.toPlainString());
            case Number number -> number(number.toString());
            case List<?> list -> Value.list(list.stream().map(ApiValues::of).toList());
            case Map<?, ?> map -> {
                Map<String, Value> entries = new LinkedHashMap<>();
                map.forEach((key, value) -> entries.put((String) key, of(value)));
                yield Value.map(entries);
            }
            default -> Value.text(json.toString());
        };
    }

    private static Value number(String text) {
        return new Value.Struct(NUMBER, new LinkedHashMap<>(), Map.of(), text);
    }

    /** Objects as structs: with fields named as in the JSON, whole numbers as integers. */
    static Value of(Object json, Type.Named type) {
        return switch (json) {
            case Map<?, ?> ignored -> struct(type, json);
            case List<?> list -> Value.list(list.stream().map(item -> of(item, type)).toList());
            case Number number when !(number instanceof Double) && !(number instanceof BigDecimal) -> Value.integer(number.longValue());
            case Number number -> Value.real(number.doubleValue());
            case null, default -> of(json);
        };
    }

    static Value.Struct struct(Type.Named type, Object json) {
        SequencedMap<String, Value> fields = new LinkedHashMap<>();
        if (json instanceof Map<?, ?> map) {
            map.forEach((name, value) -> fields.put((String) name, of(value, new Type.Named("map"))));
        }
        return new Value.Struct(type, fields, Map.of(), null);
    }

    static Value secret(Object json) {
        SequencedMap<String, Value> fields = new LinkedHashMap<>();
        fields.put("RequestID", Value.text(text(field(json, "request_id"))));
        fields.put("LeaseID", Value.text(text(field(json, "lease_id"))));
        fields.put("LeaseDuration", Value.integer(number(field(json, "lease_duration"))));
        fields.put("Renewable", Value.bool(Boolean.TRUE.equals(field(json, "renewable"))));
        fields.put("Data", field(json, "data") instanceof Map<?, ?> data ? of(data) : Value.map(Map.of()));
        fields.put("Warnings", Value.texts(texts(field(json, "warnings"))));
        fields.put("Auth", field(json, "auth") instanceof Map<?, ?> auth ? auth(auth) : new Value.Nil(new Type.Named("*dependency.SecretAuth")));
        fields.put("WrapInfo", field(json, "wrap_info") instanceof Map<?, ?> wrap ? wrap(wrap)
                : new Value.Nil(new Type.Named("*dependency.SecretWrapInfo")));
        return new Value.Struct(SECRET, fields, Map.of(), null);
    }

    private static Value auth(Map<?, ?> auth) {
        SequencedMap<String, Value> fields = new LinkedHashMap<>();
        fields.put("ClientToken", Value.text(text(auth.get("client_token"))));
        fields.put("Accessor", Value.text(text(auth.get("accessor"))));
        fields.put("Policies", Value.texts(texts(auth.get("policies"))));
        Map<String, String> metadata = new TreeMap<>();
        if (auth.get("metadata") instanceof Map<?, ?> given) {
            given.forEach((name, value) -> metadata.put((String) name, text(value)));
        }
        fields.put("Metadata", Value.textMap(metadata));
        fields.put("LeaseDuration", Value.integer(number(auth.get("lease_duration"))));
        fields.put("Renewable", Value.bool(Boolean.TRUE.equals(auth.get("renewable"))));
        return new Value.Struct(new Type.Named("*dependency.SecretAuth"), fields, Map.of(), null);
    }

    private static Value wrap(Map<?, ?> wrap) {
        SequencedMap<String, Value> fields = new LinkedHashMap<>();
        fields.put("Token", Value.text(text(wrap.get("token"))));
        fields.put("TTL", Value.integer(number(wrap.get("ttl"))));
        fields.put("CreationTime", Value.text(text(wrap.get("creation_time"))));
        fields.put("WrappedAccessor", Value.text(text(wrap.get("wrapped_accessor"))));
        return new Value.Struct(new Type.Named("*dependency.SecretWrapInfo"), fields, Map.of(), null);
    }

    /** The certificate, its key, the issuer's certificate and the chain, each as PEM text with a newline at its end. */
    static Value certificate(Object json) {
        Object data = field(json, "data");
        SequencedMap<String, Value> fields = new LinkedHashMap<>();
        fields.put("Cert", Value.text(pem(text(field(data, "certificate")))));
        fields.put("Key", Value.text(pem(text(field(data, "private_key")))));
        String chain = String.join("\n", texts(field(data, "ca_chain")));
        fields.put("CA", Value.text(pem(text(field(data, "issuing_ca")))));
        List<String> authorities = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(chain);
        while (blocks.find()) {
            authorities.add(pem(blocks.group()));
        }
        fields.put("CAChain", Value.texts(authorities));
        return new Value.Struct(new Type.Named("dependency.PemEncoded"), fields, Map.of(), null);
    }

    private static String pem(String text) {
        return text.isBlank() ? "" : text.strip() + "\n";
    }

    static Value nomadServices(Map<String, TreeSet<String>> tags) {
        List<Value> all = new ArrayList<>();
        tags.forEach((name, each) -> {
            SequencedMap<String, Value> fields = new LinkedHashMap<>();
            fields.put("Name", Value.text(name));
            fields.put("Tags", Value.texts(each));
            all.add(new Value.Struct(NOMAD_SNIPPET, fields, Map.of(), null));
        });
        return new Value.ListValue(NOMAD_SNIPPET, all);
    }

    static Value nomadInstances(List<Object> found) {
        List<Value> all = new ArrayList<>();
        for (Object service : found) {
            SequencedMap<String, Value> fields = new LinkedHashMap<>();
            fields.put("ID", Value.text(text(field(service, "ID"))));
            fields.put("Name", Value.text(text(field(service, "ServiceName"))));
            fields.put("Node", Value.text(text(field(service, "NodeID"))));
            fields.put("Address", Value.text(text(field(service, "Address"))));
            fields.put("Port", Value.integer(number(field(service, "Port"))));
            fields.put("Datacenter", Value.text(text(field(service, "Datacenter"))));
            fields.put("Tags", Value.texts(texts(field(service, "Tags")).stream().sorted(GoText::compare).toList()));
            fields.put("JobID", Value.text(text(field(service, "JobID"))));
            fields.put("AllocID", Value.text(text(field(service, "AllocID"))));
            all.add(new Value.Struct(NOMAD_SERVICE, fields, Map.of(), null));
        }
        return new Value.ListValue(NOMAD_SERVICE, all);
    }

    /** The items of a Nomad variable by name; what it says about itself is reached through methods. */
    static Value variable(Object json) {
        Value metadata = metadata(json);
        Map<String, Value> items = new TreeMap<>();
        Map<String, String> plain = new TreeMap<>();
        if (field(json, "Items") instanceof Map<?, ?> given) {
            given.forEach((name, value) -> {
                items.put((String) name, item((String) name, text(value), metadata));
                plain.put((String) name, text(value));
            });
        }
        List<Value> tuples = new ArrayList<>();
        plain.forEach((name, value) -> {
            SequencedMap<String, Value> tuple = new LinkedHashMap<>();
            tuple.put("K", Value.text(name));
            tuple.put("V", Value.text(value));
            tuples.add(new Value.Struct(TUPLE, tuple, Map.of(), null));
        });
        Value.MapValue map = (Value.MapValue) Value.keyed(ITEM, items);
        return new Value.MapValue(STRING, ITEM, map.entries(), Map.of(
                "Keys", constant("Keys", Value.texts(plain.keySet())),
                "Values", constant("Values", Value.texts(plain.values())),
                "Tuples", constant("Tuples", new Value.ListValue(TUPLE, tuples)),
                "ItemsMap", constant("ItemsMap", Value.textMap(plain)),
                "Metadata", constant("Metadata", metadata),
                "Parent", constant("Parent", metadata)));
    }

    private static Function constant(String name, Value value) {
        return Function.of(name, List.of(), a -> value);
    }

    private static Value item(String name, String value, Value parent) {
        return new Value.Struct(ITEM, new LinkedHashMap<>(), Map.of(
                "Key", constant("Key", Value.text(name)), "Value", constant("Value", Value.text(value)),
                "Parent", constant("Parent", parent), "Metadata", constant("Metadata", parent)), value);
    }

    static Value metadata(Object json) {
        SequencedMap<String, Value> fields = new LinkedHashMap<>();
        String path = text(field(json, "Path"));
        String namespace = text(field(json, "Namespace"));
        fields.put("Namespace", Value.text(namespace));
        fields.put("Path", Value.text(path));
        fields.put("CreateIndex", new Value.Int(Type.Basic.UINT64, number(field(json, "CreateIndex"))));
        fields.put("ModifyIndex", new Value.Int(Type.Basic.UINT64, number(field(json, "ModifyIndex"))));
        fields.put("CreateTime", new Value.Int(Type.Basic.INT64, number(field(json, "CreateTime"))));
        fields.put("ModifyTime", new Value.Int(Type.Basic.INT64, number(field(json, "ModifyTime"))));
        return new Value.Struct(METADATA, fields,
                Map.of("Key", constant("Key", Value.text(path + "@" + namespace))), path);
    }

    /** An entry of health/connect: the same struct as {@code service} gives. */
    static Value.Struct instance(Object entry) {
        Object node = field(entry, "Node");
        Object service = field(entry, "Service");
        SequencedMap<String, Value> fields = new LinkedHashMap<>();
        fields.put("Node", Value.text(text(field(node, "Node"))));
        fields.put("NodeID", Value.text(text(field(node, "ID"))));
        fields.put("NodeAddress", Value.text(text(field(node, "Address"))));
        fields.put("NodeTaggedAddresses", textMap(field(node, "TaggedAddresses")));
        fields.put("NodeMeta", textMap(field(node, "Meta")));
        fields.put("ServiceMeta", textMap(field(service, "Meta")));
        String own = text(field(service, "Address"));
        fields.put("Address", Value.text(own.isEmpty() ? text(field(node, "Address")) : own));
        fields.put("ServiceTaggedAddresses", of(field(service, "TaggedAddresses"), new Type.Named("api.ServiceAddress")));
        fields.put("ID", Value.text(text(field(service, "ID"))));
        fields.put("Name", Value.text(text(field(service, "Service"))));
        fields.put("Tags", Value.texts(texts(field(service, "Tags")).stream().sorted(GoText::compare).toList()));
        List<Object> checks = items(Optional.ofNullable(field(entry, "Checks")));
        fields.put("Checks", new Value.ListValue(new Type.Named("*api.HealthCheck"),
                checks.stream().map(check -> (Value) struct(new Type.Named("*api.HealthCheck"), check)).toList()));
        fields.put("Status", Value.text(aggregated(checks)));
        fields.put("Port", Value.integer(number(field(service, "Port"))));
        fields.put("Weights", of(field(service, "Weights"), new Type.Named("api.AgentWeights")));
        return new Value.Struct(RegistryValues.INSTANCE, fields, Map.of(), null);
    }

    private static String aggregated(List<Object> checks) {
        Set<String> states = new TreeSet<>();
        for (Object check : checks) {
            String id = text(field(check, "CheckID"));
            states.add(id.equals("_node_maintenance") || id.startsWith("_service_maintenance:")
                    ? "maintenance" : text(field(check, "Status")));
        }
        return List.of("maintenance", "critical", "warning").stream().filter(states::contains).findFirst().orElse("passing");
    }

    private static Value textMap(Object json) {
        Map<String, String> texts = new TreeMap<>();
        if (json instanceof Map<?, ?> map) {
            map.forEach((name, value) -> texts.put((String) name, text(value)));
        }
        return Value.textMap(texts);
    }

    /** Instances stand in the order of their nodes, then of their ids. */
    static String sortKey(Value instance) {
        Value.Struct struct = (Value.Struct) instance;
        return Value.printed(struct.fields().get("Node")) + "\0" + Value.printed(struct.fields().get("ID"));
    }
}

package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.STRING;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import muster.template.dependency.ApiDependency;
import muster.template.dependency.ApiExpression;
import muster.template.language.Arguments;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.GoText;
import muster.template.language.Type;
import muster.template.language.Value;

/** Functions that ask Nomad, Vault, and Consul beyond its catalog, health and KV. */
final class ApiFunctions {
    private final Context context;

    private ApiFunctions(Context context) {
        this.context = context;
    }

    static List<Function> list(Context context) {
        ApiFunctions f = new ApiFunctions(context);
        return List.of(
                Function.variadic("secret", List.of(), STRING, f::secret),
                Function.of("secrets", List.of(STRING), a -> f.secrets(a.text(0))),
                Function.variadic("pkiCert", List.of(), STRING, f::certificate),
                Function.variadic("nomadServices", List.of(), STRING, a -> f.nomadServices(atMostOne(a, "nomadServices"))),
                Function.variadic("nomadService", List.of(), ANY, f::nomadService),
                Function.of("nomadVar", List.of(STRING), a -> f.nomadVariable(a.text(0))),
                Function.of("nomadVarExists", List.of(STRING), a -> f.nomadVariableExists(a.text(0))),
                Function.variadic("nomadVarList", List.of(), STRING, a -> f.nomadVariables(a, "nomadVarList", false)),
                Function.variadic("nomadVarListSafe", List.of(), STRING, a -> f.nomadVariables(a, "nomadVarListSafe", true)),
                Function.variadic("connect", List.of(), STRING, f::connect),
                Function.variadic("caRoots", List.of(), STRING, a -> f.caRoots()),
                Function.variadic("caLeaf", List.of(), STRING, a -> f.caLeaf(atMostOne(a, "caLeaf"))),
                Function.variadic("partitions", List.of(), STRING, a -> f.consulList("list.partitions", "partitions", "")),
                Function.variadic("peerings", List.of(), STRING,
                        a -> f.consulList("list.peerings", "peerings", partition(atMostOne(a, "peerings"), "list.peerings"))),
                Function.variadic("exportedServices", List.of(), STRING,
                        a -> f.exportedServices(atMostOne(a, "exportedServices"))),
                Function.of("importedServices", List.of(STRING),
                        a -> f.consulList("list.importedServices", "imported-services", a.text(0))));
    }

    private static String atMostOne(Arguments arguments, String name) {
        if (arguments.size() > 1) {
            throw new FunctionException(name + ": wrong number of arguments, expected 0 or 1, but got " + arguments.size());
        }
        return arguments.size() == 0 ? "" : arguments.text(0);
    }

    private Optional<Object> answer(ApiDependency dependency) {
        return context.recall(dependency).orElse(Optional.empty());
    }

    /** What does not exist is waited for. */
    private Optional<Object> required(ApiDependency dependency) {
        Optional<Object> answer = answer(dependency);
        if (answer.isEmpty()) {
            context.waitFor(dependency);
        }
        return answer;
    }

    private Value secret(Arguments arguments) {
        if (arguments.size() == 0 || arguments.text(0).isEmpty()) {
            return Value.NIL;
        }
        String path = trimmed(arguments.text(0));
        List<String> words = arguments.all().stream().skip(1).map(word -> ((Value.Text) word).value()).filter(word -> !word.isEmpty()).toList();
        Map<String, String> data = QueryFunctions.parse(text -> ApiExpression.pairs(words), path);
        ApiDependency dependency = data.isEmpty() ? new ApiDependency.VaultRead(path) : new ApiDependency.VaultWrite(path, data);
        return required(dependency).map(json -> {
            keepSecret(ApiValues.field(json, "data"), true);
            keepSecret(ApiValues.field(json, "auth"), false);
            return ApiValues.secret(json);
        }).orElse(Value.NIL);
    }

    /** All texts in an answer. What belongs to version control of the secret and no secret is left out. */
    private void keepSecret(Object json, boolean top) {
        switch (json) {
            case String text -> context.keepSecret(text);
            case Number number -> context.keepSecret(number.toString());
            case Map<?, ?> map -> map.forEach((name, value) -> {
                if (!top || !name.equals("metadata")) {
                    keepSecret(value, false);
                }
            });
            case List<?> list -> list.forEach(item -> keepSecret(item, false));
            case null, default -> { }
        }
    }

    private static String trimmed(String path) {
        return path.replaceAll("^/+|/+$", "").strip();
    }

    private Value secrets(String path) {
        if (path.isEmpty()) {
            return Value.texts(List.of());
        }
        List<String> names = required(new ApiDependency.VaultList(trimmed(path)))
                .map(json -> ApiValues.texts(ApiValues.field(ApiValues.field(json, "data"), "keys"))).orElse(List.of());
        return Value.texts(names.stream().sorted(GoText::compare).toList());
    }

    private Value certificate(Arguments arguments) {
        if (arguments.size() == 0 || arguments.text(0).isEmpty()) {
            return Value.NIL;
        }
        List<String> words = arguments.all().stream().skip(1).map(word -> ((Value.Text) word).value()).filter(word -> !word.isEmpty()).toList();
        Map<String, String> data = QueryFunctions.parse(text -> ApiExpression.pairs(words), "");
        return required(new ApiDependency.PkiCert(
                trimmed(arguments.text(0)), data, context.settings().outside().destination())).map(json -> {
            context.keepSecret(ApiValues.text(ApiValues.field(ApiValues.field(json, "data"), "private_key")));
            return ApiValues.certificate(json);
        }).orElse(Value.NIL);
    }

    private Value nomadServices(String region) {
        Map<String, TreeSet<String>> tags = new TreeMap<>();
        for (Object namespace : ApiValues.items(answer(QueryFunctions.parse(ApiExpression::nomadServices, region)))) {
            for (Object service : ApiValues.items(Optional.ofNullable(ApiValues.field(namespace, "Services")))) {
                tags.computeIfAbsent(ApiValues.text(ApiValues.field(service, "ServiceName")), name -> new TreeSet<>(GoText::compare))
                        .addAll(ApiValues.texts(ApiValues.field(service, "Tags")));
            }
        }
        return ApiValues.nomadServices(tags);
    }

    private Value nomadService(Arguments arguments) {
        long count = 0;
        String key = "";
        if (arguments.size() == 3) {
            if (!(arguments.get(0) instanceof Value.Int number)) {
                throw new FunctionException("expected integer for <count> argument");
            }
            if (!(arguments.get(1) instanceof Value.Text text)) {
                throw new FunctionException("expected string for <key> argument");
            }
            count = number.bits();
            key = text.value();
        } else if (arguments.size() != 1) {
            throw new FunctionException("expected arguments <service> or <count> <key> <service>");
        }
        if (!(arguments.last() instanceof Value.Text name)) {
            throw new FunctionException("expected string for <service> argument");
        }
        long wanted = count;
        String chosenBy = key;
        ApiExpression.NomadService query = QueryFunctions.parse(text -> ApiExpression.nomadService(text, wanted, chosenBy), name.value());
        List<Object> found = new ArrayList<>(ApiValues.items(answer(query.read())));
        found.removeIf(service -> !query.tag().isEmpty() && !ApiValues.texts(ApiValues.field(service, "Tags")).contains(query.tag()));
        found.sort(Comparator.comparing(service -> ApiValues.text(ApiValues.field(service, "ServiceName")), GoText::compare));
        return ApiValues.nomadInstances(found);
    }

    private Value nomadVariable(String path) {
        if (path.isEmpty()) {
            return Value.NIL;
        }
        return required(QueryFunctions.parse(text -> ApiExpression.nomadVariable(text, "block"), path)).map(json -> {
            keepSecret(ApiValues.field(json, "Items"), false);
            return ApiValues.variable(json);
        }).orElse(ApiValues.variable(new HashMap<>()));
    }

    private Value nomadVariableExists(String path) {
        return Value.bool(!path.isEmpty()
                && answer(QueryFunctions.parse(text -> ApiExpression.nomadVariable(text, "get"), path)).isPresent());
    }

    private Value nomadVariables(Arguments arguments, String name, boolean nonEmpty) {
        if (arguments.size() > 1) {
            throw new FunctionException(name + " takes either a single \"prefix\" parameter or none for all available variables; got: ["
                    + String.join(" ", arguments.texts()) + "]");
        }
        ApiDependency.Read read = QueryFunctions.parse(ApiExpression::nomadVariables, arguments.size() == 0 ? "" : arguments.text(0));
        List<Value> found = new ArrayList<>();
        ApiValues.items(answer(read)).forEach(json -> found.add(ApiValues.metadata(json)));
        if (nonEmpty && found.isEmpty()) {
            context.waitFor(read);
        }
        return new Value.ListValue(ApiValues.METADATA, found);
    }

    private Value connect(Arguments arguments) {
        String query = String.join("|", arguments.texts());
        if (query.isEmpty()) {
            return RegistryValues.instances(List.of());
        }
        ApiExpression.Connect connect = QueryFunctions.parse(ApiExpression::connect, query);
        List<Value> instances = new ArrayList<>();
        for (Object entry : ApiValues.items(answer(connect.read()))) {
            Value.Struct instance = ApiValues.instance(entry);
            String status = ((Value.Text) instance.fields().get("Status")).value();
            if (connect.states().isEmpty() || connect.states().contains(status)) {
                instances.add(instance);
            }
        }
        instances.sort(Comparator.comparing(ApiValues::sortKey));
        return new Value.ListValue(RegistryValues.INSTANCE, instances);
    }

    private Value caRoots() {
        Object json = answer(ApiExpression.caRoots()).orElse(null);
        return new Value.ListValue(ApiValues.CA_ROOT, ApiValues.items(Optional.ofNullable(ApiValues.field(json, "Roots"))).stream()
                .map(root -> (Value) ApiValues.struct(ApiValues.CA_ROOT, root)).toList());
    }

    private Value caLeaf(String service) {
        if (service.isEmpty()) {
            return Value.NIL;
        }
        return required(ApiExpression.caLeaf(service)).map(leaf -> {
            context.keepSecret(ApiValues.text(ApiValues.field(leaf, "PrivateKeyPEM")));
            return (Value) ApiValues.struct(ApiValues.CA_LEAF, leaf);
        }).orElse(Value.NIL);
    }

    private static String partition(String query, String name) {
        String text = query.replaceFirst("^\\?", "");
        if (!text.isEmpty() && !text.matches("partition=[\\w-]+")) {
            throw new FunctionException(name + ": invalid format: \"" + query + "\"");
        }
        return text.replaceFirst("^partition=", "");
    }

    private Value exportedServices(String partition) {
        return consulList("list.exportedServices", "config/exported-services", partition.isEmpty() ? "default" : partition);
    }

    private Value consulList(String name, String path, String partition) {
        return new Value.ListValue(Type.Basic.ANY, ApiValues.items(answer(ApiExpression.consulList(name, path, partition))).stream()
                .map(item -> ApiValues.of(item, new Type.Named("*dependency.Item"))).toList());
    }
}

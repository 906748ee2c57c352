package muster.template.dependency;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import muster.template.dependency.ApiDependency.Origin;
import muster.template.dependency.ApiDependency.Read;
import muster.wire.GoQuote;

/**
 * Reads the strings of the functions that ask Nomad, Vault and Consul's further APIs. All methods throw
 * {@link IllegalArgumentException} with consul-template's text for a string that does not fit.
 */
public final class ApiExpression {
    private static final String REGION = "(@(?P<region>[[:word:]\\.\\-]+))?";
    private static final Pattern NOMAD_SERVICE =
            Pattern.compile("\\A((?P<tag>[[:word:]=:\\.\\-]+)\\.)?(?P<name>[[:word:]\\-]+)" + REGION + "\\z");
    private static final Pattern NOMAD_SERVICES = Pattern.compile("\\A" + REGION + "\\z");
    private static final Pattern VARIABLE = Pattern.compile("\\A/*(?P<path>[^@]*?)/*(@(?P<ns>[[:word:]\\-\\*]+)(\\.(?P<region>[[:word:]\\-]+))?)?\\z");

    private ApiExpression() {}

    /** For {@code nomadServices}: {@code [@region]}. */
    public static Read nomadServices(String text) {
        String region = group(match(NOMAD_SERVICES, "nomad.services", text), "region");
        return new Read(Origin.NOMAD, "nomad.services" + (region.isEmpty() ? "" : "(@" + region + ")"), "services",
                parameters("region", region));
    }

    /** What {@code nomadService} asks for. @param tag the instances wanted have it; "" for all */
    public record NomadService(Read read, String tag) {}

    /** For {@code nomadService}: {@code [TAG.]NAME[@region]}; with a key, the server chooses {@code count} instances by it. */
    public static NomadService nomadService(String text, long count, String key) {
        Matcher match = match(NOMAD_SERVICE, "nomad.service", text);
        String region = group(match, "region");
        SortedMap<String, String> parameters = parameters("region", region);
        String choose = key.isEmpty() ? "" : count + "|" + key;
        if (!choose.isEmpty()) {
            parameters.put("choose", choose);
        }
        String tag = group(match, "tag");
        String name = "nomad.service(" + (choose.isEmpty() ? "" : choose + " ") + (tag.isEmpty() ? "" : tag + ".") + group(match, "name")
                + (region.isEmpty() ? "" : "@" + region) + ")";
        return new NomadService(new Read(Origin.NOMAD, name, "service/" + escaped(group(match, "name")), parameters), tag);
    }

    /** For {@code nomadVar} and {@code nomadVarExists}: {@code PATH[@namespace[.region]]}. @param kind block or get */
    public static Read nomadVariable(String text, String kind) {
        Matcher match = match(VARIABLE, "nomad.var." + kind, text);
        String path = group(match, "path");
        if (path.isEmpty() || group(match, "ns").equals("*")) {
            throw new IllegalArgumentException("nomad.var." + kind + ": invalid format: " + GoQuote.quote(text));
        }
        return variable("nomad.var." + kind, path, match,
                "var/" + Arrays.stream(path.split("/")).map(ApiExpression::escaped).collect(Collectors.joining("/")), parameters("", ""));
    }

    /** For {@code nomadVarList}: {@code [PREFIX][@namespace[.region]]}. */
    public static Read nomadVariables(String text) {
        Matcher match = match(VARIABLE, "nomad.var.list", text);
        return variable("nomad.var.list", group(match, "path"), match, "vars", parameters("prefix", group(match, "path")));
    }

    private static Read variable(String kind, String path, Matcher match, String request, SortedMap<String, String> parameters) {
        String namespace = group(match, "ns");
        String region = group(match, "region");
        parameters.putAll(parameters("namespace", namespace));
        parameters.putAll(parameters("region", region));
        String where = namespace.isEmpty() ? "" : "@" + namespace + (region.isEmpty() ? "" : "." + region);
        return new Read(Origin.NOMAD, kind + "(" + path + where + ")", request, parameters);
    }

    /** What {@code connect} asks for. @param states those wanted, in words; empty for any */
    public record Connect(Read read, List<String> states) {
        public Connect {
            states = List.copyOf(states);
        }
    }

    /** For {@code connect}: as for {@code service}, against the mesh's endpoint. */
    public static Connect connect(String text) {
        Dependency.Service service = Expression.service(text);
        SortedMap<String, String> parameters = parameters("dc", service.datacenter());
        parameters.putAll(parameters("tag", service.tag()));
        parameters.putAll(parameters("near", service.near()));
        return new Connect(new Read(Origin.CONSUL, service.toString().replaceFirst("^health.service", "health.connect"),
                "health/connect/" + escaped(service.name()), parameters), service.states().stream().map(Object::toString).toList());
    }

    /** Certificates of the service mesh's authority. */
    public static Read caRoots() {
        return new Read(Origin.CONSUL, "connect.caroots", "agent/connect/ca/roots", parameters("", ""));
    }

    /** A certificate of the mesh for a service. */
    public static Read caLeaf(String service) {
        return new Read(Origin.CONSUL, "connect.caleaf(" + service + ")", "agent/connect/ca/leaf/" + escaped(service), parameters("", ""));
    }

    /** A list that Consul keeps. @param partition "" for the default one; only where the endpoint takes one */
    public static Read consulList(String name, String path, String partition) {
        return new Read(Origin.CONSUL, name + (partition.isEmpty() ? "" : "(" + partition + ")"), path, parameters("partition", partition));
    }

    /** {@code k=v} pairs as Vault takes them. */
    public static Map<String, String> pairs(List<String> words) {
        Map<String, String> data = new HashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("not k=v pair " + GoQuote.quote(word));
            }
            data.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return data;
    }

    private static SortedMap<String, String> parameters(String name, String value) {
        SortedMap<String, String> parameters = new TreeMap<>();
        if (!value.isEmpty()) {
            parameters.put(name, value);
        }
        return parameters;
    }

    private static String escaped(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Matcher match(Pattern pattern, String what, String text) {
        Matcher match = pattern.matcher(text);
        if (!match.find()) {
            throw new IllegalArgumentException(what + ": invalid format: " + GoQuote.quote(text));
        }
        return match;
    }

    private static String group(Matcher match, String name) {
        String text = match.group(name);
        return text == null ? "" : text;
    }
}

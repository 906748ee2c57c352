package muster.cli;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;
import muster.wire.GoQuote;

/** The flags that all of Nomad's commands share, and the API they lead to. Environment as in Nomad's documentation. */
final class NomadApi {
    static final String FLAGS_HELP = """
            General Options:

              -address=<addr>        address of the server; NOMAD_ADDR, or http://127.0.0.1:4646
              -region=<region>       region to forward to; NOMAD_REGION
              -namespace=<name>      namespace; NOMAD_NAMESPACE, or "default"; * for all, where things are listed or looked for
              -token=<value>         ACL token; NOMAD_TOKEN
              -ca-cert=<path>        certificate authority for https; NOMAD_CACERT
              -ca-path=<path>        folder of such certificates; NOMAD_CAPATH
              -client-cert=<path>    this client's certificate; NOMAD_CLIENT_CERT
              -client-key=<path>     its key; NOMAD_CLIENT_KEY
              -tls-server-name=<name>
                                     name in the agent's certificate; NOMAD_TLS_SERVER_NAME
              -tls-skip-verify       do not look at the agent's certificate; NOMAD_SKIP_VERIFY
              -no-color              output is never coloured here; the flag is accepted, as is -force-color
            """;

    private NomadApi() {}

    static GoFlags flags() {
        return new GoFlags()
                .texts("address", "region", "namespace", "token", "ca-cert", "ca-path", "client-cert", "client-key", "tls-server-name")
                .switches("no-color", "force-color", "tls-skip-verify");
    }

    static Api api(GoFlags flags, Console console) {
        return api(flags, console, Map.of());
    }

    /** With headers of the command's own. */
    static Api api(GoFlags flags, Console console, Map<String, String> more) {
        return api(flags, console, more, Duration.ZERO);
    }

    /** Where an answer is waited for only so long; zero for any time. */
    static Api api(GoFlags flags, Console console, Map<String, String> more, Duration timeout) {
        String given = flags.text("address", console.env("NOMAD_ADDR"));
        String base = given.isEmpty() ? "http://127.0.0.1:4646" : ConsulApi.withoutSlashes(given);
        Map<String, String> headers = new LinkedHashMap<>();
        String token = flags.text("token", console.env("NOMAD_TOKEN"));
        if (!token.isEmpty()) {
            headers.put("X-Nomad-Token", token);
        }
        String login = console.env("NOMAD_HTTP_AUTH");
        if (!login.isEmpty()) {
            headers.put("Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        }
        headers.putAll(more);
        boolean verify = !flags.on("tls-skip-verify", on(console.env("NOMAD_SKIP_VERIFY")));
        String authorities = flags.text("ca-cert", console.env("NOMAD_CACERT"));
        Api.Trust trust = new Api.Trust(authorities.isEmpty() ? flags.text("ca-path", console.env("NOMAD_CAPATH")) : authorities,
                flags.text("client-cert", console.env("NOMAD_CLIENT_CERT")), flags.text("client-key", console.env("NOMAD_CLIENT_KEY")),
                flags.text("tls-server-name", console.env("NOMAD_TLS_SERVER_NAME")), verify);
        return new Api(new Api.Address(base, headers, trust, timeout),
                reason -> {
                    if (console.detailed()) {
                        console.err().println(reason);
                    }
                });
    }

    private static boolean on(String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            default -> false;
        };
    }

    /** A target with the region and namespace of the command line, and what is given besides. */
    static String target(String path, GoFlags flags, Console console, String... more) {
        List<String> query = new ArrayList<>();
        for (String part : more) {
            if (!part.isEmpty()) {
                query.add(part);
            }
        }
        String region = flags.text("region", console.env("NOMAD_REGION"));
        if (!region.isEmpty()) {
            query.add("region=" + ConsulApi.encode(region));
        }
        String namespace = flags.text("namespace", console.env("NOMAD_NAMESPACE"));
        if (!namespace.isEmpty()) {
            query.add("namespace=" + ConsulApi.encode(namespace));
        }
        return path + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    /** Whether all namespaces are meant. */
    static boolean isEverywhere(GoFlags flags, Console console) {
        return flags.text("namespace", console.env("NOMAD_NAMESPACE")).equals("*");
    }

    /** Where something was looked for in all namespaces and found, all further requests are about the namespace that it is in. */
    static void into(Doc found, GoFlags flags, Console console) {
        if (isEverywhere(flags, console) && !found.text("Namespace").isEmpty()) {
            flags.replace("namespace", found.text("Namespace"));
        }
    }

    /** A part of a query, where its flag was given. */
    static String query(GoFlags flags, String flag, String name) {
        return flags.text(flag).isEmpty() ? "" : name + "=" + ConsulApi.encode(flags.text(flag));
    }

    /** A text as a number without a sign; throws {@link NumberFormatException} with Go's words. */
    static long unsigned(String text) {
        boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        try {
            return Long.parseUnsignedLong(digits ? text : "");
        } catch (NumberFormatException e) {
            throw new NumberFormatException("strconv.ParseUint: parsing " + GoQuote.quote(text) + ": "
                    + (digits ? "value out of range" : "invalid syntax"));
        }
    }

    /** A job id as one part of a path. */
    static String idPath(String id) {
        return ConsulApi.encode(id).replace("+", "%20");
    }

    /** Nomad's two lines for a wrong number of arguments. */
    static int usage(Console console, String text, String command) {
        console.err().println(text);
        console.err().println("For additional help try 'nomad " + command + " -help'");
        return 1;
    }
}

package muster.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;
import muster.wire.Json;

/** The flags that all of Consul's commands share, and the API they lead to. Environment as in Consul's documentation. */
final class ConsulApi {
    static final String FLAGS_HELP = """
            HTTP API Options

              -http-addr=<address>   address and port of the agent; CONSUL_HTTP_ADDR, or 127.0.0.1:8500
              -token=<value>         ACL token; CONSUL_HTTP_TOKEN
              -token-file=<value>    file with the ACL token; CONSUL_HTTP_TOKEN_FILE
              -ca-file=<value>       certificate authority for https; CONSUL_CACERT
              -ca-path=<value>       folder of such certificates; CONSUL_CAPATH
              -client-cert=<value>   this client's certificate; CONSUL_CLIENT_CERT
              -client-key=<value>    its key; CONSUL_CLIENT_KEY
              -tls-server-name=<value>
                                     name in the server's certificate; CONSUL_TLS_SERVER_NAME
              -datacenter=<value>    datacenter to ask
              -stale                 let any server answer
              -format=<value>        of commands that read: json prints the answer for programs
            """;

    private ConsulApi() {}

    static GoFlags flags() {
        return new GoFlags()
                .texts("http-addr", "token", "token-file", "ca-file", "ca-path", "client-cert", "client-key", "tls-server-name",
                        "datacenter", "namespace")
                .switches("stale");
    }

    /** As {@link #flags}, for commands that read: {@code -format=json} prints the API's answer for programs. */
    static GoFlags reading() {
        return flags().texts("format");
    }

    /** Whether JSON is wanted. Throws {@link GoFlags.FlagException} for an unknown form. */
    static boolean json(GoFlags flags) {
        return switch (flags.text("format", "pretty")) {
            case "json" -> true;
            case "pretty" -> false;
            default -> throw new GoFlags.FlagException("invalid value \"" + flags.text("format") + "\" for flag -format: json or pretty");
        };
    }

    /** Prints an answer as JSON, indented by four blanks. */
    static int printJson(Console console, Doc answer) {
        console.out().println(new String(Json.write(answer.value(), true), StandardCharsets.UTF_8));
        return 0;
    }

    static Api api(GoFlags flags, Console console) {
        String given = flags.text("http-addr", console.env("CONSUL_HTTP_ADDR"));
        String address = given.isEmpty() ? "127.0.0.1:8500" : given;
        if (address.startsWith("unix://")) {
            throw new ApiException(0, "unix sockets are not supported; use -http-addr=host:port (found " + address + ")");
        }
        boolean secure = address.startsWith("https://") || isTrue(console.env("CONSUL_HTTP_SSL"));
        int scheme = address.indexOf("://");
        String host = withoutSlashes(scheme < 0 ? address : address.substring(scheme + 3));
        Map<String, String> headers = new LinkedHashMap<>();
        String token = token(flags, console);
        if (!token.isEmpty()) {
            headers.put("X-Consul-Token", token);
        }
        String auth = console.env("CONSUL_HTTP_AUTH");
        if (!auth.isEmpty()) {
            headers.put("Authorization", "Basic " + Base64.getEncoder().encodeToString(auth.getBytes(StandardCharsets.UTF_8)));
        }
        String authorities = flags.text("ca-file", console.env("CONSUL_CACERT"));
        Api.Trust trust = new Api.Trust(authorities.isEmpty() ? flags.text("ca-path", console.env("CONSUL_CAPATH")) : authorities,
                flags.text("client-cert", console.env("CONSUL_CLIENT_CERT")), flags.text("client-key", console.env("CONSUL_CLIENT_KEY")),
                flags.text("tls-server-name", console.env("CONSUL_TLS_SERVER_NAME")), !isFalse(console.env("CONSUL_HTTP_SSL_VERIFY")));
        return new Api(new Api.Address((secure ? "https://" : "http://") + host, headers, trust, Duration.ZERO),
                reason -> {
                    if (console.detailed()) {
                        console.err().println(reason);
                    }
                });
    }

    private static boolean isTrue(String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            default -> false;
        };
    }

    private static boolean isFalse(String text) {
        return switch (text) {
            case "0", "f", "F", "false", "FALSE", "False" -> true;
            default -> false;
        };
    }

    /** An address without the slashes at its end. */
    static String withoutSlashes(String address) {
        int end = address.length();
        while (end > 0 && address.charAt(end - 1) == '/') {
            end--;
        }
        return address.substring(0, end);
    }

    private static String token(GoFlags flags, Console console) {
        String file = flags.text("token-file", console.env("CONSUL_HTTP_TOKEN_FILE"));
        String token = flags.text("token", "");
        if (!token.isEmpty()) {
            return token;
        }
        if (!file.isEmpty()) {
            try {
                return Files.readString(Path.of(file)).trim();
            } catch (IOException e) {
                throw new ApiException(0, "Error loading token file: open " + file + ": " + e.getMessage());
            }
        }
        return console.env("CONSUL_HTTP_TOKEN");
    }

    /** A target with the query that all reads carry: {@code dc}, {@code stale}, and what is given besides. */
    static String target(String path, GoFlags flags, String... more) {
        List<String> query = new ArrayList<>();
        if (!flags.text("datacenter").isEmpty()) {
            query.add("dc=" + encode(flags.text("datacenter")));
        }
        if (flags.on("stale")) {
            query.add("stale");
        }
        for (String part : more) {
            if (!part.isEmpty()) {
                query.add(part);
            }
        }
        return path + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** A key in a path: slashes stay, all else is escaped. */
    static String keyPath(String key) {
        return encode(key).replace("+", "%20").replace("%2F", "/");
    }
}

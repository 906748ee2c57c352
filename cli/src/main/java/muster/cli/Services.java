package muster.cli;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.hcl.ConfigTree;
import muster.hcl.ConfigTree.Node;
import muster.hcl.ConfigTree.Setting;
import muster.hcl.Diagnostics;
import muster.hcl.Value;
import muster.wire.GoFlags;

/** {@code services register} and {@code deregister}: of files, or of flags. */
final class Services {
    static final Command REGISTER = new Command("services register", "Register services with the local agent", """
            Usage: consul services register [options] [FILE...]

              Registers services with the agent, as they are defined in configuration files or by the flags.

              -id=<string>        the service's id; its name without it
              -name=<string>      the service's name
              -kind=<string>      as connect-proxy
              -address=<string>   where it is reached
              -port=<int>
              -meta=<key=value>   may be repeated
              -tag=<string>       may be repeated""", Services::register);

    static final Command DEREGISTER = new Command("services deregister", "Deregister services with the local agent", """
            Usage: consul services deregister [options] [FILE...]

              Deregisters the services that files define, or the one with the id.

              -id=<string>    the service's id""", Services::deregister);

    private static final int MAX_DEPTH = 64;
    /** Larger numbers would be written out with all their zeros. */
    private static final BigDecimal LARGEST = BigDecimal.valueOf(Long.MAX_VALUE);

    /** What is wrong with a file. */
    private static final class BadFileException extends Exception {
        private static final long serialVersionUID = 1;

        BadFileException(String message) {
            super(message, null, false, false);
        }
    }

    private Services() {}

    private static int register(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("id", "name", "kind", "address", "port").lists("meta", "tag").parse(args);
        List<Map<String, Object>> services;
        try {
            if (!flags.rest().isEmpty()) {
                services = ofFiles(console, flags.rest());
            } else if (!flags.text("name").isEmpty()) {
                services = List.of(ofFlags(flags));
            } else {
                return console.fail("Service registration requires at least one argument or flags.");
            }
        } catch (BadFileException e) {
            return console.fail("Error: " + e.getMessage());
        }
        Api api = ConsulApi.api(flags, console);
        for (Map<String, Object> service : services) {
            String name = new Doc(service).text("name");
            try {
                api.send("PUT", ConsulApi.target("/v1/agent/service/register", flags), service);
            } catch (ApiException e) {
                return console.fail("Error registering service \"" + name + "\": " + e.getMessage());
            }
            console.out().println("Registered service: " + name);
        }
        return 0;
    }

    private static int deregister(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("id").parse(args);
        String id = flags.text("id");
        if (!id.isEmpty() && !flags.rest().isEmpty()) {
            return console.fail("Service deregistration requires arguments or -id, not both.");
        }
        if (id.isEmpty() && flags.rest().isEmpty()) {
            return console.fail("Service deregistration requires at least one argument or -id.");
        }
        List<String> ids = new ArrayList<>();
        try {
            if (id.isEmpty()) {
                for (Map<String, Object> service : ofFiles(console, flags.rest())) {
                    String given = new Doc(service).text("id");
                    ids.add(given.isEmpty() ? new Doc(service).text("name") : given);
                }
            } else {
                ids.add(id);
            }
        } catch (BadFileException e) {
            return console.fail("Error: " + e.getMessage());
        }
        Api api = ConsulApi.api(flags, console);
        for (String gone : ids) {
            try {
                Api.good(api.call("PUT", ConsulApi.target("/v1/agent/service/deregister/" + ConsulApi.keyPath(gone), flags), new byte[0]));
            } catch (ApiException e) {
                return console.fail("Error deregistering service \"" + gone + "\": " + e.getMessage());
            }
            console.out().println("Deregistered service: " + gone);
        }
        return 0;
    }

    private static Map<String, Object> ofFlags(GoFlags flags) {
        Map<String, Object> service = new LinkedHashMap<>();
        service.put("name", flags.text("name"));
        for (String text : List.of("id", "kind", "address")) {
            if (!flags.text(text).isEmpty()) {
                service.put(text, flags.text(text));
            }
        }
        if (flags.has("port")) {
            service.put("port", flags.unsigned("port", 0));
        }
        service.put("tags", flags.all("tag"));
        Map<String, Object> meta = new LinkedHashMap<>();
        for (String pair : flags.all("meta")) {
            int at = pair.indexOf('=');
            if (at < 0) {
                throw new GoFlags.FlagException("invalid value \"" + pair + "\" for flag -meta: missing \"=\" value in argument: \"" + pair + "\"");
            }
            meta.put(pair.substring(0, at), pair.substring(at + 1));
        }
        service.put("meta", meta);
        return service;
    }

    private static List<Map<String, Object>> ofFiles(Console console, List<String> names) throws BadFileException {
        List<Map<String, Object>> services = new ArrayList<>();
        for (String name : names) {
            String text;
            try {
                text = name.equals("-") ? new String(console.in().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                        : Files.readString(console.folder().resolve(name));
            } catch (NoSuchFileException e) {
                throw new BadFileException("config: Open failed on " + name + ". open " + name + ": no such file or directory");
            } catch (IOException e) {
                throw new BadFileException("config: Open failed on " + name + ". " + e.getMessage());
            }
            Diagnostics diagnostics = new Diagnostics();
            Node.Table table = ConfigTree.read(name, text, diagnostics);
            if (diagnostics.hasErrors()) {
                throw new BadFileException(diagnostics.lines());
            }
            for (List<Setting> given : table.settings().values()) {
                for (Setting setting : given) {
                    if (!setting.name().equals("service") && !setting.name().equals("services")) {
                        throw new BadFileException(setting.nameRange() + ": " + setting.name() + " is no service: a file for this command holds"
                                + " service and services alone");
                    }
                    add(services, setting);
                }
            }
        }
        return services;
    }

    @SuppressWarnings("unchecked") // names of a table are texts
    private static void add(List<Map<String, Object>> services, Setting setting) throws BadFileException {
        Object plain = plain(setting.value(), 0);
        for (Object one : plain instanceof List<?> many ? many : List.of(plain)) {
            if (!(one instanceof Map<?, ?> service)) {
                throw new BadFileException(setting.nameRange() + ": " + setting.name() + " has to hold tables");
            }
            services.add((Map<String, Object>) service);
        }
    }

    /** As JSON has it. Repeated blocks are a list; a block named {@code check} or {@code checks} stands alone where there is one. */
    private static Object plain(Node node, int depth) throws BadFileException {
        if (depth > MAX_DEPTH) {
            throw new BadFileException(node.range() + ": nested more than " + MAX_DEPTH + " deep");
        }
        return switch (node) {
            case Node.Scalar scalar -> plain(scalar.value());
            case Node.Items items -> {
                List<Object> list = new ArrayList<>();
                for (Node item : items.items()) {
                    list.add(plain(item, depth + 1));
                }
                yield list;
            }
            case Node.Table table -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (Map.Entry<String, List<Setting>> entry : table.settings().entrySet()) {
                    List<Object> values = new ArrayList<>();
                    for (Setting setting : entry.getValue()) {
                        values.add(plain(setting.value(), depth + 1));
                    }
                    boolean many = values.size() > 1 || entry.getKey().equals("checks") && !(values.getFirst() instanceof List<?>);
                    map.put(many && entry.getKey().equals("check") ? "checks" : entry.getKey(), many ? values : values.getFirst());
                }
                yield map;
            }
        };
    }

    private static Object plain(Value value) {
        return switch (value) {
            case Value.Text text -> text.value();
            case Value.Bool bool -> bool.value();
            case Value.Number number -> number.value().abs().compareTo(LARGEST) <= 0 ? number.value() : number.value().doubleValue();
            case Value.Null n -> null;
            case Value.Unknown u -> null;
            case Value.Sequence s -> s.items().stream().map(Services::plain).toList();
            case Value.Mapping m -> {
                Map<String, Object> map = new LinkedHashMap<>();
                m.entries().forEach((name, item) -> map.put(name, plain(item)));
                yield map;
            }
        };
    }
}

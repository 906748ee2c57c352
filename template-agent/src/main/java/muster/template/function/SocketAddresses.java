package muster.template.function;

import static muster.template.language.Type.Basic.INT;
import static muster.template.language.Type.Basic.STRING;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import muster.template.function.Outside.InterfaceAddress;
import muster.template.language.Delimiters;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.MissingKey;
import muster.template.language.Template;
import muster.template.language.TemplateException;
import muster.template.language.Type;
import muster.template.language.Value;

/** The expressions of {@code sockaddr}, go-sockaddr's own small templates: {@code GetPrivateIP}, {@code GetAllInterfaces | include "name" "eth0" | attr "address"}. */
final class SocketAddresses {
    private static final Type.Named ADDRESS = new Type.Named("sockaddr.IfAddr");
    private static final Type.ListOf ADDRESSES = new Type.ListOf(ADDRESS);

    private final List<InterfaceAddress> all;

    private SocketAddresses(List<InterfaceAddress> all) {
        this.all = all;
    }

    /** The expression is what the arguments are with blanks between; none is {@code GetPrivateIP}. */
    static String evaluate(List<Value> words, List<InterfaceAddress> addresses) {
        String expression = words.stream().map(Value::printed).collect(Collectors.joining(" ")).strip();
        String source = "{{ " + (expression.isEmpty() ? "GetPrivateIP" : expression) + " }}";
        List<Function> functions = new SocketAddresses(addresses).functions();
        Set<String> names = functions.stream().map(Function::name).collect(Collectors.toSet());
        try {
            return Template.parse("sockaddr.Parse", source, new Delimiters("", ""), names)
                    .execute(Value.NOTHING, functions, MissingKey.DEFAULT);
        } catch (TemplateException e) {
            throw new FunctionException(e.phase() == TemplateException.Phase.PARSE
                    ? "unable to parse template " + muster.wire.GoQuote.quote(source) + ": " + e.getMessage()
                    : "unable to execute sockaddr input " + muster.wire.GoQuote.quote(source) + ": " + e.getMessage());
        }
    }

    private List<Function> functions() {
        return List.of(
                Function.of("GetAllInterfaces", List.of(), a -> list(all)),
                Function.of("GetDefaultInterfaces", List.of(), a -> list(forwardable())),
                Function.of("GetPrivateInterfaces", List.of(), a -> list(where(forwardable(), SocketAddresses::isPrivate))),
                Function.of("GetPublicInterfaces", List.of(), a -> list(where(forwardable(), address -> !isPrivate(address)))),
                Function.of("GetPrivateIP", List.of(), a -> first(where(forwardable(), SocketAddresses::isPrivate))),
                Function.of("GetPrivateIPs", List.of(), a -> joined(where(forwardable(), SocketAddresses::isPrivate))),
                Function.of("GetPublicIP", List.of(), a -> first(where(forwardable(), address -> !isPrivate(address)))),
                Function.of("GetPublicIPs", List.of(), a -> joined(where(forwardable(), address -> !isPrivate(address)))),
                Function.of("GetInterfaceIP", List.of(STRING), a -> first(where(all, named(a.text(0))))),
                Function.of("GetInterfaceIPs", List.of(STRING), a -> joined(where(all, named(a.text(0))))),
                Function.of("include", List.of(STRING, STRING, ADDRESSES), a -> list(where(of(a.list(2)), selector(a.text(0), a.text(1))))),
                Function.of("exclude", List.of(STRING, STRING, ADDRESSES),
                        a -> list(where(of(a.list(2)), selector(a.text(0), a.text(1)).negate()))),
                Function.of("sort", List.of(STRING, ADDRESSES), a -> list(sorted(of(a.list(1)), a.text(0)))),
                Function.of("unique", List.of(STRING, ADDRESSES), a -> list(unique(of(a.list(1)), a.text(0)))),
                Function.of("limit", List.of(INT, ADDRESSES), a -> list(of(a.list(1)).stream().limit(a.integer(0)).toList())),
                Function.of("offset", List.of(INT, ADDRESSES), a -> list(of(a.list(1)).stream().skip(Math.max(0, a.integer(0))).toList())),
                Function.of("attr", List.of(STRING, ADDRESSES),
                        a -> Value.text(of(a.list(1)).stream().findFirst().map(address -> attribute(address, a.text(0))).orElse(""))),
                Function.of("join", List.of(STRING, STRING, ADDRESSES), a -> Value.text(of(a.list(2)).stream()
                        .map(address -> attribute(address, a.text(0))).collect(Collectors.joining(a.text(1))))));
    }

    private List<InterfaceAddress> forwardable() {
        return where(all, address -> address.up() && !address.loopback() && !address.address().isLinkLocalAddress());
    }

    private static List<InterfaceAddress> where(List<InterfaceAddress> addresses, Predicate<InterfaceAddress> wanted) {
        return addresses.stream().filter(wanted).toList();
    }

    private static Predicate<InterfaceAddress> named(String expression) {
        return address -> Regex.matches("^(" + expression + ")$", address.name());
    }

    /** RFC 1918, RFC 6598, and RFC 4193 for IPv6. */
    private static boolean isPrivate(InterfaceAddress address) {
        byte[] bytes = address.address().getAddress();
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        return address.address() instanceof Inet4Address
                ? address.address().isSiteLocalAddress() || first == 100 && second >= 64 && second < 128
                : (first & 0xfe) == 0xfc;
    }

    private static Predicate<InterfaceAddress> selector(String kind, String value) {
        return switch (kind) {
            case "name" -> address -> Regex.matches(value, address.name());
            case "address" -> address -> Regex.matches(value, address.address().getHostAddress());
            case "type" -> address -> switch (value) {
                case "ip" -> true;
                case "ipv4" -> address.address() instanceof Inet4Address;
                case "ipv6" -> !(address.address() instanceof Inet4Address);
                default -> throw new FunctionException("unsupported address type " + value + "; it is ip, ipv4 or ipv6");
            };
            case "flag", "flags" -> address -> java.util.Arrays.stream(value.split("\\|")).allMatch(flag -> switch (flag) {
                case "up" -> address.up();
                case "loopback" -> address.loopback();
                case "forwardable" -> !address.loopback() && !address.address().isLinkLocalAddress();
                case "link-local unicast" -> address.address().isLinkLocalAddress();
                default -> throw new FunctionException("unsupported flag " + flag);
            });
            case "rfc" -> address -> switch (value) {
                case "1918" -> address.address() instanceof Inet4Address && address.address().isSiteLocalAddress();
                case "6890" -> isPrivate(address) || address.loopback();
                default -> throw new FunctionException("rfc " + value + " has no list of networks here; 1918 and 6890 do");
            };
            case "network" -> address -> inNetwork(address.address(), value);
            default -> throw new FunctionException("invalid filter type " + kind);
        };
    }

    private static boolean inNetwork(InetAddress address, String network) {
        try {
            String[] parts = network.split("/", 2);
            byte[] wanted = InetAddress.ofLiteral(parts[0]).getAddress();
            byte[] own = address.getAddress();
            int bits = parts.length == 2 ? Integer.parseInt(parts[1]) : wanted.length * 8;
            for (int bit = 0; wanted.length == own.length && bit < bits; bit++) {
                int mask = 0x80 >> bit % 8;
                if ((wanted[bit / 8] & mask) != (own[bit / 8] & mask)) {
                    return false;
                }
            }
            return wanted.length == own.length;
        } catch (IllegalArgumentException e) {
            throw new FunctionException("\"" + network + "\" is no network such as 10.0.0.0/8");
        }
    }

    private static List<InterfaceAddress> sorted(List<InterfaceAddress> addresses, String keys) {
        Comparator<InterfaceAddress> order = (a, b) -> 0;
        for (String key : keys.split(",")) {
            String name = key.strip().replaceFirst("^[+-]", "");
            Comparator<InterfaceAddress> next = switch (name) {
                case "default" -> (a, b) -> 0;
                case "size" -> Comparator.comparing((InterfaceAddress address) -> -address.prefixLength());
                case "address", "name", "type", "port", "private" -> Comparator.comparing(address -> attribute(address, name));
                default -> throw new FunctionException("unknown sort type: \"" + name + "\"");
            };
            order = order.thenComparing(key.strip().startsWith("-") ? Collections.reverseOrder(next) : next);
        }
        return addresses.stream().sorted(order).toList();
    }

    private static List<InterfaceAddress> unique(List<InterfaceAddress> addresses, String attribute) {
        Set<String> seen = new LinkedHashSet<>();
        return addresses.stream().filter(address -> seen.add(attribute(address, attribute))).toList();
    }

    private static String attribute(InterfaceAddress address, String name) {
        boolean four = address.address() instanceof Inet4Address;
        String plain = address.address().getHostAddress().replaceFirst("%.*", "");
        return switch (name) {
            case "address", "host" -> plain;
            case "name" -> address.name();
            case "string" -> plain + "/" + address.prefixLength();
            case "network" -> plain + "/" + address.prefixLength();
            case "mask_bits" -> Integer.toString(address.prefixLength());
            case "type" -> four ? "IPv4" : "IPv6";
            case "flags" -> address.up() ? address.loopback() ? "up|loopback" : "up" : "";
            case "mtu" -> Integer.toString(address.mtu());
            case "private" -> isPrivate(address) ? "0" : "1";
            case "port" -> "0";
            default -> throw new FunctionException("unable to find attribute \"" + name + "\"");
        };
    }

    private static Value list(List<InterfaceAddress> addresses) {
        List<Value> values = new ArrayList<>();
        for (InterfaceAddress address : addresses) {
            values.add(new Handle(address).value());
        }
        return new Value.ListValue(ADDRESS, values);
    }

    /** An address as a value: its parts are fields, so that it can be taken back out of the list. */
    private record Handle(InterfaceAddress address) {
        Value value() {
            SequencedMap<String, Value> fields = new LinkedHashMap<>();
            fields.put("Name", Value.text(address.name()));
            fields.put("Address", Value.text(address.address().getHostAddress().replaceFirst("%.*", "")));
            fields.put("Prefix", Value.integer(address.prefixLength()));
            fields.put("Up", Value.bool(address.up()));
            fields.put("Loopback", Value.bool(address.loopback()));
            fields.put("MTU", Value.integer(address.mtu()));
            return new Value.Struct(ADDRESS, fields, java.util.Map.of(),
                    address.address().getHostAddress() + "/" + address.prefixLength() + " " + address.name());
        }

        static InterfaceAddress of(Value value) {
            SequencedMap<String, Value> fields = ((Value.Struct) value).fields();
            return new InterfaceAddress(Value.printed(fields.get("Name")), InetAddress.ofLiteral(Value.printed(fields.get("Address"))),
                    (int) ((Value.Int) fields.get("Prefix")).bits(), fields.get("Up").isTrue(), fields.get("Loopback").isTrue(),
                    (int) ((Value.Int) fields.get("MTU")).bits());
        }
    }

    private static List<InterfaceAddress> of(List<Value> values) {
        return values.stream().map(Handle::of).toList();
    }

    private static Value first(List<InterfaceAddress> addresses) {
        return Value.text(addresses.stream().findFirst().map(address -> attribute(address, "address")).orElse(""));
    }

    private static Value joined(List<InterfaceAddress> addresses) {
        return Value.text(addresses.stream().map(address -> attribute(address, "address")).collect(Collectors.joining(" ")));
    }
}

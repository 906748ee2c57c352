package muster.hcl.function;

import static muster.hcl.function.Definitions.decimal;
import static muster.hcl.function.Definitions.number;
import static muster.hcl.function.Definitions.string;
import static muster.hcl.function.Definitions.text;
import static muster.hcl.function.Definitions.textList;
import static muster.hcl.function.Definitions.whole;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import muster.hcl.FunctionException;
import muster.hcl.Value;

/** Address prefixes in CIDR notation (RFC 4632, RFC 4291). */
final class NetworkFunctions {
    private NetworkFunctions() {}

    static void define(Definitions d) {
        d.values("cidrhost", NetworkFunctions::host, text("prefix"), number("hostnum"));
        d.values("cidrnetmask", NetworkFunctions::netmask, text("prefix"));
        d.values("cidrsubnet", NetworkFunctions::subnet, text("prefix"), number("newbits"), number("netnum"));
        d.variadic("cidrsubnets", NetworkFunctions::subnets, text("prefix"), number("newbits"));
    }

    /** The first address of a network as a number, its prefix length, and the bits of an address. */
    private record Prefix(BigInteger network, int length, int bits) {
        static Prefix parse(String text) throws FunctionException {
            int slash = text.indexOf('/');
            try {
                byte[] address = AddressText.parse(slash < 0 ? "" : text.substring(0, slash));
                int length = Integer.parseInt(text.substring(slash + 1));
                int bits = address.length * 8;
                if (length < 0 || length > bits || address.length == 0) {
                    throw new NumberFormatException();
                }
                BigInteger network = new BigInteger(1, address).shiftRight(bits - length).shiftLeft(bits - length);
                return new Prefix(network, length, bits);
            } catch (NumberFormatException e) {
                throw new FunctionException(0, "invalid CIDR expression: invalid CIDR address: " + text);
            }
        }

        String text() {
            return AddressText.format(network, bits) + "/" + length;
        }
    }

    private static Value host(List<Value> a) throws FunctionException {
        Prefix prefix = Prefix.parse(string(a, 0));
        BigInteger number = decimal(a, 1).toBigInteger();
        BigInteger size = BigInteger.ONE.shiftLeft(prefix.bits - prefix.length);
        BigInteger offset = number.signum() < 0 ? size.add(number) : number;
        if (offset.signum() < 0 || offset.compareTo(size) >= 0) {
            throw new FunctionException("prefix of " + prefix.length + " does not accommodate a host numbered " + number);
        }
        return Value.string(AddressText.format(prefix.network.add(offset), prefix.bits));
    }

    private static Value netmask(List<Value> a) throws FunctionException {
        Prefix prefix = Prefix.parse(string(a, 0));
        BigInteger all = BigInteger.ONE.shiftLeft(prefix.bits).subtract(BigInteger.ONE);
        int hosts = prefix.bits - prefix.length;
        return Value.string(AddressText.format(all.shiftRight(hosts).shiftLeft(hosts), prefix.bits));
    }

    private static Value subnet(List<Value> a) throws FunctionException {
        Prefix prefix = Prefix.parse(string(a, 0));
        int newBits = whole(a, 1);
        BigInteger number = decimal(a, 2).toBigInteger();
        int length = extended(prefix, newBits);
        if (number.signum() < 0 || number.bitLength() > newBits) {
            throw new FunctionException("prefix extension of " + newBits + " does not accommodate a subnet numbered " + number);
        }
        BigInteger network = prefix.network.add(number.shiftLeft(prefix.bits - length));
        return Value.string(new Prefix(network, length, prefix.bits).text());
    }

    private static int extended(Prefix prefix, int newBits) throws FunctionException {
        if (newBits < 0) {
            throw new FunctionException(1, "must extend prefix by at least one bit");
        }
        if (prefix.length + newBits > prefix.bits) {
            throw new FunctionException(
                    "insufficient address space to extend prefix of " + prefix.length + " by " + newBits);
        }
        return prefix.length + newBits;
    }

    /** Networks one after the other, each aligned to its own size. */
    private static Value subnets(List<Value> a) throws FunctionException {
        Prefix prefix = Prefix.parse(string(a, 0));
        BigInteger end = prefix.network.add(BigInteger.ONE.shiftLeft(prefix.bits - prefix.length));
        BigInteger next = prefix.network;
        List<String> results = new ArrayList<>();
        for (int i = 1; i < a.size(); i++) {
            int length = extended(prefix, whole(a, i));
            BigInteger size = BigInteger.ONE.shiftLeft(prefix.bits - length);
            BigInteger start = next.add(size).subtract(BigInteger.ONE).divide(size).multiply(size);
            next = start.add(size);
            if (next.compareTo(end) > 0) {
                throw new FunctionException(
                        i, "not enough remaining address space for a subnet with a prefix of " + length + " bits");
            }
            results.add(new Prefix(start, length, prefix.bits).text());
        }
        return textList(results);
    }
}

package muster.hcl.function;

import static muster.hcl.function.Definitions.nullable;
import static muster.hcl.function.Definitions.string;
import static muster.hcl.function.Definitions.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.hcl.FunctionException;
import muster.hcl.JsonValues;
import muster.hcl.Type;
import muster.hcl.Value;
import muster.wire.GoSyntax;

/** JSON, YAML, CSV, base64 and URLs. */
final class EncodingFunctions {
    private EncodingFunctions() {}

    static void define(Definitions d) {
        d.values("jsonencode", a -> Value.string(JsonValues.text(a.get(0))), nullable("val"));
        d.values("jsondecode", EncodingFunctions::fromJson, text("str"));
        d.values("yamlencode", a -> Value.string(YamlText.write(a.get(0))), nullable("value"));
        d.values("yamldecode", a -> YamlText.read(string(a, 0)), text("src"));
        d.values("csvdecode", a -> fromCsv(string(a, 0)), text("str"));
        d.values(
                "base64encode",
                a -> Value.string(Base64.getEncoder().encodeToString(string(a, 0).getBytes(StandardCharsets.UTF_8))),
                text("str"));
        d.values("base64decode", EncodingFunctions::fromBase64, text("str"));
        d.values(
                "urlencode",
                a -> Value.string(java.net.URLEncoder.encode(string(a, 0), StandardCharsets.UTF_8)
                        .replace("*", "%2A").replace("%7E", "~")),
                text("str"));
    }

    private static Value fromJson(List<Value> a) throws FunctionException {
        Optional<String> fault = GoSyntax.tokenFault(string(a, 0).getBytes(StandardCharsets.UTF_8));
        if (fault.isPresent()) {
            throw new FunctionException(fault.get());
        }
        return JsonValues.parse(string(a, 0)).orElseThrow(() -> new FunctionException("extraneous data after JSON object"));
    }

    private static Value fromBase64(List<Value> a) throws FunctionException {
        try {
            byte[] bytes = Base64.getDecoder().decode(string(a, 0));
            return Value.string(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (IllegalArgumentException e) {
            throw new FunctionException("failed to decode base64 data '" + string(a, 0) + "'");
        } catch (CharacterCodingException e) {
            throw new FunctionException("the result of decoding the provided string is not valid UTF-8");
        }
    }

    private static Value fromCsv(String text) throws FunctionException {
        List<List<String>> rows = csv(text);
        if (rows.isEmpty()) {
            throw new FunctionException("missing header line");
        }
        List<String> names = rows.getFirst();
        List<Value> records = new ArrayList<>();
        Map<String, Type> types = new LinkedHashMap<>();
        names.forEach(name -> types.put(name, Type.STRING));
        for (int i = 1; i < rows.size(); i++) {
            if (rows.get(i).size() != names.size()) {
                throw new FunctionException("record on line " + (i + 1) + ": wrong number of fields");
            }
            Map<String, Value> fields = new LinkedHashMap<>();
            for (int j = 0; j < names.size(); j++) {
                fields.put(names.get(j), Value.string(rows.get(i).get(j)));
            }
            records.add(Value.object(fields));
        }
        return Value.list(new Type.ObjectOf(types), records);
    }

    /** RFC 4180. */
    private static List<List<String>> csv(String text) throws FunctionException {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        boolean any = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    field.append('"');
                    i++;
                } else if (c == '"') {
                    quoted = false;
                } else {
                    field.append(c);
                }
            } else if (c == '"' && field.isEmpty()) {
                quoted = true;
                any = true;
            } else if (c == ',') {
                row.add(field.toString());
                field.setLength(0);
                any = true;
            } else if (c == '\n') {
                if (any || !field.isEmpty()) {
                    row.add(field.toString());
                    rows.add(row);
                }
                row = new ArrayList<>();
                field.setLength(0);
                any = false;
            } else if (c != '\r') {
                field.append(c);
            }
        }
        if (quoted) {
            throw new FunctionException("extraneous or missing \" in quoted-field");
        }
        if (any || !field.isEmpty()) {
            row.add(field.toString());
            rows.add(row);
        }
        return rows;
    }
}

package muster.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.PrettyPrinter;
import java.io.IOException;

/** The layout of Go's json.MarshalIndent with four blanks. One use, one thread. */
final class GoIndent implements PrettyPrinter {
    private int depth;

    @Override
    public void writeRootValueSeparator(JsonGenerator out) throws IOException {
        out.writeRaw('\n');
    }

    @Override
    public void writeStartObject(JsonGenerator out) throws IOException {
        out.writeRaw('{');
        depth++;
    }

    @Override
    public void writeEndObject(JsonGenerator out, int entries) throws IOException {
        end(out, entries);
        out.writeRaw('}');
    }

    @Override
    public void writeObjectEntrySeparator(JsonGenerator out) throws IOException {
        out.writeRaw(',');
        line(out);
    }

    @Override
    public void writeObjectFieldValueSeparator(JsonGenerator out) throws IOException {
        out.writeRaw(": ");
    }

    @Override
    public void writeStartArray(JsonGenerator out) throws IOException {
        out.writeRaw('[');
        depth++;
    }

    @Override
    public void writeEndArray(JsonGenerator out, int entries) throws IOException {
        end(out, entries);
        out.writeRaw(']');
    }

    @Override
    public void writeArrayValueSeparator(JsonGenerator out) throws IOException {
        out.writeRaw(',');
        line(out);
    }

    @Override
    public void beforeArrayValues(JsonGenerator out) throws IOException {
        line(out);
    }

    @Override
    public void beforeObjectEntries(JsonGenerator out) throws IOException {
        line(out);
    }

    private void end(JsonGenerator out, int entries) throws IOException {
        depth--;
        if (entries > 0) {
            line(out);
        }
    }

    private void line(JsonGenerator out) throws IOException {
        out.writeRaw('\n');
        for (int i = 0; i < depth; i++) {
            out.writeRaw("    ");
        }
    }
}

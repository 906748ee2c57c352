package muster.hcl;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands between the braces of a block, or in a whole file.
 *
 * @param attributes by name, in source order
 * @param blocks in source order
 * @param range all of it, braces included
 */
public record Body(Map<String, Attribute> attributes, List<Block> blocks, SourceRange range) {
    public Body {
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        blocks = List.copyOf(blocks);
    }

    /** The empty place at its beginning, to point at when something is missing. */
    public SourceRange missingItemRange() {
        return new SourceRange(range.file(), range.start(), range.start());
    }
}

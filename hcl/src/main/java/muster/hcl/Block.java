package muster.hcl;

import java.util.List;

/**
 * {@code type "label" { … }} in a body.
 *
 * @param typeRange where its type stands
 * @param labelRanges one for each label
 * @param openBraceRange where its body opens
 */
public record Block(
        String type,
        List<String> labels,
        Body body,
        SourceRange typeRange,
        List<SourceRange> labelRanges,
        SourceRange openBraceRange) {
    public Block {
        labels = List.copyOf(labels);
        labelRanges = List.copyOf(labelRanges);
    }

    /** The header, from the type to the last label. */
    public SourceRange headerRange() {
        return labelRanges.isEmpty() ? typeRange : SourceRange.between(typeRange, labelRanges.getLast());
    }
}

package dev.migrator.internal.file;

import dev.migrator.MigrationFileException;
import dev.migrator.SourceMark;
import dev.migrator.internal.check.Texts;
import dev.migrator.internal.file.YamlNode.Entry;
import dev.migrator.internal.file.YamlNode.Mapping;
import dev.migrator.internal.file.YamlNode.Scalar;
import dev.migrator.internal.file.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Turns a file's text into nodes. What YAML can do and a migration file has no use for is an error: several documents,
 * anchors and aliases, tags, keys that are no texts, deep nesting. The first error ends the file.
 */
final class YamlParser {

    private static final int MAX_DEPTH = 12;
    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setUseMarks(true)
            .setParseComments(false)
            .setCodePointLimit(2 * YamlText.MAX_BYTES)
            .build();
    private static final ScalarResolver RESOLVER = new CoreScalarResolver(false);

    private final String file;
    private final Iterator<Event> events;
    private SourceMark last;

    private YamlParser(String file, String text) {
        this.file = file;
        this.last = new SourceMark(file, 1, 1);
        // Not by the library's lowlevel package, which its module does not export.
        this.events = new ParserImpl(SETTINGS, new StreamReader(SETTINGS, text));
    }

    /** The document's content; empty if there is none. */
    static Optional<YamlNode> parse(String file, String text) {
        YamlText.check(file, text);
        YamlParser parser = new YamlParser(file, text);
        try {
            return parser.document();
        } catch (MigrationFileException e) {
            throw e;
        } catch (MarkedYamlEngineException e) {
            throw invalid(file, e);
        } catch (YamlVersionException e) {
            throw YamlText.problem(SourceMark.wholeOf(file), "asks for another YAML than 1.2: " + e.getMessage());
        } catch (RuntimeException e) {
            // The library lets some of Java's own exceptions out: "\x at a text's end is a NumberFormatException (3.2).
            throw YamlText.problem(parser.last, "is not valid YAML from here on: " + oneLine(String.valueOf(e)));
        }
    }

    private static MigrationFileException invalid(String file, MarkedYamlEngineException e) {
        Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
        SourceMark at = mark.map(m -> at(file, m)).orElse(SourceMark.wholeOf(file));
        String problem = oneLine(String.valueOf(e.getProblem()));
        if (problem.startsWith("found character '\\t(TAB)'")) {
            return YamlText.problem(at, "is not valid YAML: a tab stands where only spaces may");
        }
        String context = e.getContext() == null || e.getContext().isBlank() ? "" : oneLine(e.getContext()) + ": ";
        String begun = e.getContextMark()
                .filter(m -> m.getLine() + 1 < at.line())
                .map(m -> " (it began in line " + (m.getLine() + 1) + ")")
                .orElse("");
        return YamlText.problem(at, "is not valid YAML: " + context + problem + begun);
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private Optional<YamlNode> document() {
        Optional<YamlNode> root = Optional.empty();
        boolean begun = false;
        while (events.hasNext()) {
            Event event = next();
            switch (event.getEventId()) {
                case DocumentStart -> {
                    if (begun) {
                        throw problem(event, "a second document begins here; a file holds one migration");
                    }
                    begun = true;
                    root = Optional.of(node(next(), 1));
                }
                default -> {} // the ends of the document and of the stream say nothing
            }
        }
        return root;
    }

    private Event next() {
        Event event = events.next();
        last = at(event);
        return event;
    }

    private YamlNode node(Event event, int depth) {
        if (depth > MAX_DEPTH) {
            throw problem(event, "is nested deeper than " + MAX_DEPTH + " levels");
        }
        refuseAnchors(event);
        if (event instanceof ScalarEvent scalar) {
            return scalar(scalar);
        }
        CollectionStartEvent start = (CollectionStartEvent) event;
        start.getTag().ifPresent(tag -> refuseTag(event, tag));
        return event.getEventId() == Event.ID.SequenceStart ? sequence(event, depth) : mapping(event, depth);
    }

    private void refuseAnchors(Event event) {
        if (event instanceof AliasEvent alias) {
            throw problem(
                    event, "the alias '*" + alias.getAlias().getValue() + "' is not allowed; write the value out");
        }
        if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            String name = node.getAnchor().get().getValue();
            throw problem(event, "the anchor '&" + name + "' is not allowed; write values out where they belong");
        }
    }

    private void refuseTag(Event event, String tag) {
        throw problem(event, "the tag '" + Texts.oneLine(tag) + "' is not allowed; quote what is meant as a text");
    }

    private Scalar scalar(ScalarEvent event) {
        event.getTag().ifPresent(tag -> refuseTag(event, tag));
        return new Scalar(
                at(event), event.getValue(), event.isPlain() ? plainType(event.getValue()) : Scalar.Type.TEXT);
    }

    private static Scalar.Type plainType(String text) {
        Tag tag = RESOLVER.resolve(text, true);
        if (tag.equals(Tag.NULL)) {
            return Scalar.Type.NOTHING;
        }
        if (tag.equals(Tag.BOOL)) {
            return Scalar.Type.BOOLEAN;
        }
        return tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) ? Scalar.Type.NUMBER : Scalar.Type.TEXT;
    }

    private Sequence sequence(Event start, int depth) {
        List<YamlNode> items = new ArrayList<>();
        for (Event event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
            items.add(node(event, depth + 1));
        }
        return new Sequence(at(start), items);
    }

    private Mapping mapping(Event start, int depth) {
        List<Entry> entries = new ArrayList<>();
        for (Event event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
            refuseAnchors(event);
            if (!(event instanceof ScalarEvent key)) {
                throw problem(event, "a key must be a text");
            }
            entries.add(new Entry(scalar(key), node(next(), depth + 1)));
        }
        return new Mapping(at(start), entries);
    }

    private MigrationFileException problem(Event event, String message) {
        return YamlText.problem(at(event), message);
    }

    private SourceMark at(Event event) {
        return event.getStartMark().map(mark -> at(file, mark)).orElse(SourceMark.wholeOf(file));
    }

    private static SourceMark at(String file, Mark mark) {
        return new SourceMark(file, mark.getLine() + 1, mark.getColumn() + 1);
    }
}

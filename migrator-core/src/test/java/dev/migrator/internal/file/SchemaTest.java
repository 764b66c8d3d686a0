package dev.migrator.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.throttle.ThrottleKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The JSON Schema for editors knows the same keys as the reader; it is JSON, which is YAML too. */
class SchemaTest {

    private Map<?, ?> schema = Map.of();

    @BeforeEach
    void read() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                SchemaTest.class.getResourceAsStream("/dev/migrator/migration.schema.json"), "the schema is missing")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            schema = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(text);
        }
    }

    @Test
    void itHasTheOperationsThatTheReaderHas() {
        OperationForms forms = new OperationForms(new Report("f"));

        assertThat(keys("properties", "operations", "items")).isEqualTo(forms.keywords());
        for (String keyword : forms.keywords()) {
            List<String> keys = forms.of(keyword).orElseThrow().keys();
            assertThat(keys("$defs", keyword)).as(keyword).isEqualTo(keys);
        }
    }

    @Test
    void itHasTheSettingsThatTheReaderHas() {
        assertThat(keys()).containsExactly("description", "schema", "operations", "backfill", "gates");
        assertThat(keys("properties", "backfill"))
                .containsExactly(
                        "batchTarget",
                        "workers",
                        "pauseAboveReplicaLag",
                        "throttle",
                        "failedRows",
                        "showValues",
                        "userTriggers");
        assertThat(keys("properties", "backfill", "properties", "throttle")).isEqualTo(ThrottleKey.keys());
        assertThat(keys("properties", "gates"))
                .containsExactly("expand", "backfill", "validate", "contract", "purge", "rollback");
    }

    @Test
    void everyReferenceInItLeadsSomewhere() {
        Map<?, ?> definitions = at("$defs");
        List<String> references = new ArrayList<>();
        collectReferences(schema, references);

        assertThat(references).isNotEmpty().allSatisfy(reference -> assertThat(definitions.keySet())
                .anyMatch(name -> reference.equals("#/$defs/" + name)));
    }

    private static void collectReferences(Object node, List<String> references) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (key.equals("$ref")) {
                    references.add((String) value);
                }
                collectReferences(value, references);
            });
        } else if (node instanceof List<?> list) {
            list.forEach(item -> collectReferences(item, references));
        }
    }

    private Map<?, ?> at(String... path) {
        Map<?, ?> node = schema;
        for (String key : path) {
            node = (Map<?, ?>) Objects.requireNonNull(node.get(key), key);
        }
        return node;
    }

    private List<Object> keys(String... path) {
        return new ArrayList<>(((Map<?, ?>) Objects.requireNonNull(at(path).get("properties"))).keySet());
    }
}

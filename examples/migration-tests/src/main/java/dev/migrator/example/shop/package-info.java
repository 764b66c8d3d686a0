/** A shop's customers as two releases of it know them. */
@NullMarked
package dev.migrator.example.shop;

import org.jspecify.annotations.NullMarked;

/** The suite: start reading at {@link dev.migrator.example.shop.TwoNamesTest}. */
@NullMarked
package dev.migrator.example.shop;

import org.jspecify.annotations.NullMarked;

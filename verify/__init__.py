"""The proof of delivery: `script/verify-delivery`. docs/delivery.md says what is promised and what is proven."""

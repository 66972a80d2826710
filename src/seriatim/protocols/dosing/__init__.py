"""How much is given? The declared dose rule, and the amount, volume and vials that follow from it, or why none does."""

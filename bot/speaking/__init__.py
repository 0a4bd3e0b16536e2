"""What Rasa says: the NLG class, the structured channel, the importer of topics and the tracker that stays small."""

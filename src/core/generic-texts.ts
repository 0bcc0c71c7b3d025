/**
 * Sentences and questions about nothing in particular, written for this project: what a query looks like that no route
 * of an ordinary set is meant for. Small sets learn from them where their own territory ends.
 */
export const GENERIC_TEXTS: readonly string[] = `
she walked slowly along the river
the old house stood empty for years
a sudden noise woke the children
he never said a word about it
they sat in silence for a long while
the soup was too salty for her taste
an unexpected guest at the wedding
the wind tore the leaves from the trees
his brother lives above a bakery
the committee could not agree on anything
a thin layer of dust on the piano
she has always been afraid of heights
the lecture was dull but mercifully short
two dogs chased each other around the garden
he polished his boots until they shone
the bridge was closed after the flood
a strong smell of fresh paint
her answer surprised everyone in the room
the farmer sold his last cow in spring
the candle went out before midnight
an honest mistake, nothing more
we watched the ships leave the harbour
the boy hid behind the curtain
a stubborn stain on the white tablecloth
the judge read the verdict aloud
it rained the whole of august
he carved a small horse out of wood
the engine coughed twice and died
a narrow path between two walls
the twins were born on a sunday
she speaks with a slight accent
the clock on the tower has stopped
a bitter quarrel over the inheritance
the snow melted within a day
they danced until their feet hurt
the thief escaped through the kitchen window
a warm coat for the winter
he is taller than his father
the museum keeps the letters in a vault
birds gather on the wires in autumn
the actor forgot his lines
a bowl of ripe plums on the table
the path ends at the edge of the cliff
she folded the map and put it away
nobody remembered who had the key
the orchestra tuned its instruments
a faint scar above the left eye
the crowd cheered when the rain stopped
he swore he had seen a ghost
the paint had begun to peel
the baker rises at three in the morning
a long and winding staircase
the jury believed the witness
she collects stamps and old postcards
the goats climbed onto the roof
a cold draught from under the door
the novel ends without an answer
his hands trembled as he signed
the lake freezes every january
an old friend of the family
who wrote the first detective story
what is the tallest mountain in south america
when did the roman empire fall
how many bones are there in the human hand
who was the first woman to fly across the atlantic
what language is spoken in brazil
why is the sky blue
how deep is the deepest ocean trench
who painted the ceiling of the chapel in rome
when was the printing press invented
what do pandas eat in the wild
how long does light take to reach us from the sun
who discovered penicillin
where does the word algebra come from
what is the boiling point of mercury
how do bees find their way home
who won the world cup in 1966
what is the difference between a fruit and a vegetable
when did people first cook with fire
why do cats purr
how many strings does a violin have
what is the capital of mongolia
who invented the zipper
where is the longest cave in the world
what causes the northern lights
how old is the universe
who played the villain in that spy film from the sixties
what is the plural of octopus
when was the great wall built
how fast can a cheetah run
which planet has the most moons
what is the largest desert on earth
who composed the moonlight sonata
why do leaves change colour in autumn
what does the heart do
how is glass made
where did the olympic games begin
who is the author of the odyssey
what year did the titanic sink
how many players are on a cricket team
what is the chemical symbol for gold
why did the dinosaurs die out
who was the last tsar of russia
how do volcanoes form
what is the smallest bird in the world
when does the monsoon begin in india
who built the pyramids
what is the meaning of the colours of the flag
how many keys are on a piano
where do penguins live
what is quantum entanglement
who said that all men are created equal
how does a submarine dive
what is the oldest tree alive
why is the sea salty
which country has the longest coastline
how do magnets work
who sings the song about the yellow taxi
what was the name of the first dog in space
is it true that sharks never sleep
can plants feel pain
do fish have ears
are there rivers under the antarctic ice
does the moon have an atmosphere
the town lies on the eastern bank of the river
he was born in a village near the border in 1874
the species is found in the forests of central africa
the album was released in the autumn of 1983
it is a small genus of flowering plants
the railway line was opened in the nineteenth century
she was elected to the national assembly twice
the film received mixed reviews from critics
the island has an area of forty square kilometres
the castle was rebuilt after a fire in 1621
the club plays its home matches in the old stadium
the battle lasted three days and ended without a victor
the river rises in the hills to the north
he served as a bishop until his death
the novel was translated into eleven languages
the airport was named after a general
the college was founded by a group of merchants
the temple dates from the fourth century
the protein is encoded by a gene on chromosome nine
the series ran for five seasons
the road connects the port with the mountains
its population was recorded as two thousand
the mineral occurs in thin green crystals
the painter spent his last years in the south
the treaty was signed by nine countries
the aircraft was retired after twenty years of service
the dialect is spoken by fishermen along the coast
the theory was first proposed by two physicists
the composer left behind three unfinished operas
the lighthouse guided ships past the reef
the party lost most of its seats in the election
the church is known for its wooden tower
the disease is spread by a small beetle
the mine closed when the price of copper fell
the festival is held every second summer
the architect designed several banks and theatres
the peninsula is home to rare sea birds
the regiment was sent to the front in march
the magazine was printed on cheap paper
the valley was settled by farmers from the east
the crater is named after an astronomer
the dish is made of rice and dried fish
the newspaper changed owners four times
the school teaches crafts such as weaving
the tower collapsed during the earthquake
the queen outlived all of her sons
the alphabet has thirty two letters
the horse won nine races in a row
the tribe traded furs for iron tools
the observatory stands on a dry plateau
i think we should talk about something else
tell me something interesting
i had a strange dream last night
my neighbour is learning to play the trumpet
sing me a song about the sea
you look different today
that reminds me of my grandmother
let us pretend we are pirates
i wonder what happens after we die
people say it will be a hard winter
write a poem about a lonely robot
what would you do with a million dollars
my cat keeps staring at the wall
i do not believe in luck
do you ever get tired of answering
say something funny
my knee hurts when i climb stairs
explain the rules of chess to me
i like the smell of old books
the exam was harder than i expected
give me a word that rhymes with orange
we moved to the city when i was six
is there life on other planets
prove that there are infinitely many primes
translate this proverb for me
my sister is getting married in june
help me name my new goldfish
who would win, a lion or a bear
asdf qwerty lorem ipsum
blue seven window because
never mind, it was nothing
`
  .trim()
  .split('\n')

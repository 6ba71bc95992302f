import { testEverySecondSeed } from './many-seeds.js'

testEverySecondSeed(2)
